import type { CancelSignal, Clock } from "@image-updater/core";
import { callResource, type CallContent } from "../api/call-resource.js";
import type { KubernetesApi } from "../api/kubernetes-api.js";
import { KubernetesError } from "../api/kubernetes-error.js";
import { LEASES } from "../api/resource.js";
import type { ResourceCall } from "../api/status-error.js";
import {
  claimedLease,
  decodeLease,
  newLease,
  releasedLease,
  type LeaseClaim,
  type LeaseRecord,
} from "./lease-record.js";

/** Which lease, and for whom. */
export interface LeaseLockSettings {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly durationMs: number;
  readonly clock: Clock;
}

/** One lease, and one who wants it. */
export interface LeaseLock {
  /** Takes the lease if it is free; `undefined` while somebody else has it. */
  tryAcquire(signal?: CancelSignal): Promise<LeaseRecord | undefined>;
  /** Says that the holder is still there; `undefined` when it is not the holder any more. */
  renew(held: LeaseRecord, signal?: CancelSignal): Promise<LeaseRecord | undefined>;
  /** Gives the lease up, so that nobody has to wait. */
  release(held: LeaseRecord, signal?: CancelSignal): Promise<void>;
}

/**
 * A lock of one lease. A holder is taken for gone when its lease has not changed for the lease's duration
 * by the local clock: what time others think it is does not matter.
 */
export function createLeaseLock(settings: LeaseLockSettings): LeaseLock {
  const { clock, identity, durationMs } = settings;
  let observed = { state: "", since: 0 };
  const claim = (): LeaseClaim => ({ identity, durationMs, now: clock.now() });

  const call = async (verb: ResourceCall["verb"], content: CallContent): Promise<LeaseRecord> => {
    const { api, namespace, name } = settings;
    const place = verb === "create" ? { namespace } : { namespace, name };
    return decodeLease(
      await callResource(api, { resource: LEASES, verb, ...place }, content),
      durationMs,
    );
  };

  const isFree = ({ holder, state, durationMs: silence }: LeaseRecord): boolean => {
    const now = clock.now().getTime();
    if (observed.state !== state) observed = { state, since: now };
    return holder === "" || holder === identity || now - observed.since >= silence;
  };

  return {
    async tryAcquire(signal): Promise<LeaseRecord | undefined> {
      const present = await unless("not-found", call("get", { signal }));
      if (present === undefined) {
        const body = newLease(settings.name, claim());
        return unless("already-exists", call("create", { body, signal }));
      }
      if (!isFree(present)) return undefined;
      const body = claimedLease(present, claim());
      return unless("conflict", call("update", { body, signal }));
    },
    async renew(held, signal): Promise<LeaseRecord | undefined> {
      const body = claimedLease(held, claim());
      const renewed = await unless("conflict", call("update", { body, signal }));
      if (renewed !== undefined) return renewed;
      // Somebody edited the lease, or took it; or a renewal was written whose answer was lost.
      const present = await call("get", { signal });
      if (present.holder !== identity) return undefined;
      const again = claimedLease(present, claim());
      return unless("conflict", call("update", { body: again, signal }));
    },
    async release(held, signal): Promise<void> {
      await call("update", { body: releasedLease(held, clock.now()), signal });
    },
  };
}

/** `undefined` for the one error that is an answer. */
async function unless<T>(
  code: KubernetesError["code"],
  promise: Promise<T>,
): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (KubernetesError.is(error) && error.code === code) return undefined;
    throw error;
  }
}
