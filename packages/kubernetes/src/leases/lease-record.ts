import { z } from "zod";
import { KubernetesError } from "../api/kubernetes-error.js";

/** A lease as the API server has it, with all its fields. */
interface LeaseObject {
  readonly [key: string]: unknown;
  readonly metadata: { readonly [key: string]: unknown; readonly resourceVersion: string };
  readonly spec: {
    readonly [key: string]: unknown;
    readonly holderIdentity?: string | null | undefined;
    readonly leaseDurationSeconds?: number | null | undefined;
    readonly acquireTime?: string | null | undefined;
    readonly renewTime?: string | null | undefined;
    readonly leaseTransitions?: number | null | undefined;
  };
}

const lease: z.ZodType<LeaseObject> = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  spec: z
    .looseObject({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      acquireTime: z.string().nullish(),
      renewTime: z.string().nullish(),
      leaseTransitions: z.number().nullish(),
    })
    .default({}),
});

/** What a lease says, and the object to change. */
export interface LeaseRecord {
  /** Empty when nobody holds it. */
  readonly holder: string;
  /** How long its holder may be silent. */
  readonly durationMs: number;
  /** Another text after every renewal. */
  readonly state: string;
  readonly object: LeaseObject;
}

/** Reads a lease out of the API server's answer. */
export function decodeLease(object: unknown, fallbackDurationMs: number): LeaseRecord {
  const { data, error } = lease.safeParse(object);
  if (data === undefined) {
    const message = "the answer of the API server is not a lease";
    throw new KubernetesError("invalid-response", message, { resource: "leases", cause: error });
  }
  const { holderIdentity, leaseDurationSeconds, renewTime, leaseTransitions } = data.spec;
  const seconds = leaseDurationSeconds ?? 0;
  return {
    holder: holderIdentity ?? "",
    durationMs: seconds > 0 ? seconds * 1000 : fallbackDurationMs,
    state: JSON.stringify([holderIdentity, leaseDurationSeconds, renewTime, leaseTransitions]),
    object: data,
  };
}

/** Who takes or keeps the lease. */
export interface LeaseClaim {
  readonly identity: string;
  readonly durationMs: number;
  readonly now: Date;
}

/** The lease as its holder writes it; fields of others stay. */
export function claimedLease({ object, holder }: LeaseRecord, claim: LeaseClaim): object {
  const { identity, durationMs, now } = claim;
  const isRenewal = holder === identity;
  const time = formatMicroTime(now);
  const { leaseTransitions, acquireTime } = object.spec;
  return {
    ...object,
    spec: {
      ...object.spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      acquireTime: isRenewal ? (acquireTime ?? time) : time,
      renewTime: time,
      leaseTransitions: (leaseTransitions ?? 0) + (isRenewal ? 0 : 1),
    },
  };
}

/** The lease that its holder gives up, as Kubernetes' own clients write it. */
export function releasedLease({ object }: LeaseRecord, now: Date): object {
  const time = formatMicroTime(now);
  const spec = {
    ...object.spec,
    holderIdentity: "",
    leaseDurationSeconds: 1,
    acquireTime: time,
    renewTime: time,
  };
  return { ...object, spec };
}

/** A lease that did not exist. */
export function newLease(name: string, { identity, durationMs, now }: LeaseClaim): object {
  const time = formatMicroTime(now);
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name },
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      acquireTime: time,
      renewTime: time,
      leaseTransitions: 0,
    },
  };
}

/** Six digits of a second, without which the API server cannot read the time of a lease. */
function formatMicroTime(time: Date): string {
  return time.toISOString().replace("Z", "000Z");
}
