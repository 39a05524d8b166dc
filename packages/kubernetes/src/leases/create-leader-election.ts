import type { CallOptions, CancelSignal, Clock } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import type { KubernetesApi } from "../api/kubernetes-api.js";
import { KubernetesError } from "../api/kubernetes-error.js";
import { holdLease, type HoldSettings } from "./hold-lease.js";
import { callLease } from "./call-lease.js";
import { createLeaseLock, type LeaseLock } from "./lease-lock.js";
import type { LeaseRecord } from "./lease-record.js";
import { createTrouble } from "./trouble.js";

/** Settings of {@link createLeaderElection}. */
export interface LeaderElectionSettings {
  readonly api: KubernetesApi;
  readonly namespace: string;
  /** Of the lease; all that compete use the same. */
  readonly name: string;
  /** Unique among all that compete and ever did, as the pod's name with a random suffix. */
  readonly identity: string;
  /** How long a leader may be silent before another takes over; default 15 000, at least 1000. */
  readonly leaseDurationMs?: number | undefined;
  /**
   * A leader that could not renew for this long stops, and an attempt to become one ends; default 10 000,
   * less than the lease's duration.
   */
  readonly renewDeadlineMs?: number | undefined;
  /** Between two attempts; default 2000, less than the deadline. */
  readonly retryPeriodMs?: number | undefined;
  /** Default the machine's. */
  readonly clock?: Clock | undefined;
  /** Between 0 and 1, for jitter; default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Told what the election then recovers from, once as long as it stays the same; must not throw. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Defaults, in milliseconds. docs/deadlines.md has them, too. */
export const DEFAULT_LEASE_TIMES = {
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2000,
} as const;

/** Sees to it that one of several processes works. */
export interface LeaderElection {
  /**
   * Whether this process leads at the moment. False as soon as the time is over that the last renewal was
   * good for, also in a process that stood still and has not been told yet.
   */
  readonly leads: boolean;
  /**
   * Waits until it is this process' turn, and calls `lead`; again when it was lost and won anew.
   *
   * The signal that `lead` is given is aborted when the lead is lost or the caller's signal is aborted:
   * `lead` then ends as soon as it can. The lease is kept until it has ended, and then given up; the second
   * signal is aborted only when it is lost: what was begun may be finished until then. Resolves
   * when the caller's signal was aborted, or when `lead` ended by itself. What `lead` throws is thrown,
   * unless its signal was aborted before.
   */
  run(
    lead: (signal: AbortSignal, lost: AbortSignal) => Promise<void>,
    options?: CallOptions,
  ): Promise<void>;
}

/**
 * Leader election by a Lease (`coordination.k8s.io/v1`), compatible with Kubernetes' own clients.
 *
 * Needs the rights to get, create and update leases in the namespace. As with any lease, a process that
 * stands still longer than the lease lasts may go on for a moment as if it still led.
 *
 * @throws KubernetesError `invalid-config` at once for times that cannot work.
 */
export function createLeaderElection(settings: LeaderElectionSettings): LeaderElection {
  const { clock = systemClock(), random = Math.random, onError } = settings;
  const { api, namespace, name, identity } = settings;
  const {
    leaseDurationMs: durationMs = DEFAULT_LEASE_TIMES.leaseDurationMs,
    renewDeadlineMs = DEFAULT_LEASE_TIMES.renewDeadlineMs,
    retryPeriodMs = DEFAULT_LEASE_TIMES.retryPeriodMs,
  } = settings;
  checkTimes({ durationMs, renewDeadlineMs, retryPeriodMs });
  const lock = createLeaseLock({ api, namespace, name, identity, durationMs, clock });
  const trouble = createTrouble(onError);
  const times = { clock, random, renewDeadlineMs, retryPeriodMs, trouble };
  let leadsUntil = 0;
  return {
    get leads(): boolean {
      return clock.now().getTime() < leadsUntil;
    },
    async run(lead, options): Promise<void> {
      const signal = options?.signal;
      for (;;) {
        const acquired = await acquire(lock, times, signal);
        if (acquired === undefined) return;
        const tell = (until: number): void => {
          leadsUntil = until;
        };
        const end = await holdLease({ ...times, lock, acquired, tell }, lead, signal);
        if (end === "ended" || signal?.aborted === true) return;
      }
    },
  };
}

interface Times {
  readonly durationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

function checkTimes({ durationMs, renewDeadlineMs, retryPeriodMs }: Times): void {
  const isSound =
    durationMs >= 1000 &&
    durationMs > renewDeadlineMs &&
    renewDeadlineMs > retryPeriodMs &&
    retryPeriodMs > 0;
  if (isSound) return;
  const given = `${durationMs}, ${renewDeadlineMs} and ${retryPeriodMs} ms`;
  const message = `leaseDurationMs, renewDeadlineMs and retryPeriodMs are ${given}; each has to be longer than the next, the first at least 1000`;
  throw new KubernetesError("invalid-config", message);
}

/** The lease, and when the request that took it was sent; `undefined` when the signal was aborted first. */
async function acquire(
  lock: LeaseLock,
  times: Omit<HoldSettings, "lock" | "acquired" | "tell">,
  signal: CancelSignal | undefined,
): Promise<{ readonly lease: LeaseRecord; readonly at: number } | undefined> {
  const { clock, random, renewDeadlineMs: ms, retryPeriodMs, trouble } = times;
  const isOver = (): boolean => signal?.aborted === true;
  while (!isOver()) {
    const at = clock.now().getTime();
    try {
      const lease = await callLease({ clock, ms, signal }, (end) => lock.tryAcquire(end));
      trouble.end();
      if (lease !== undefined) return { lease, at };
    } catch (error) {
      if (!isOver()) trouble.report(error);
    }
    await clock.delay(retryPeriodMs * (1 + random() / 5), signal);
  }
  return undefined;
}
