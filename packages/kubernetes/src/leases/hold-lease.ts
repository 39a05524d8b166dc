import type { CancelSignal, Clock } from "@image-updater/core";
import { KubernetesError } from "../api/kubernetes-error.js";
import { callLease } from "./call-lease.js";
import type { LeaseLock } from "./lease-lock.js";
import type { LeaseRecord } from "./lease-record.js";
import type { Trouble } from "./trouble.js";

/** Work under a lease: to end with the first signal, and to write nothing more after the second. */
type Lead = (signal: AbortSignal, lost: AbortSignal) => Promise<void>;

/** What holding a lease needs. */
export interface HoldSettings {
  readonly lock: LeaseLock;
  readonly acquired: { readonly lease: LeaseRecord; readonly at: number };
  /** Told until when this process leads, if nothing else is told before; 0 when it leads no more. */
  readonly tell: (until: number) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
  readonly trouble: Trouble;
}

/**
 * Runs `lead` while the lease is renewed, and gives the lease up when it has ended.
 *
 * Answers `lost` when the lease was lost before. Throws what `lead` throws, unless it was told to stop.
 */
export async function holdLease(
  settings: HoldSettings,
  lead: Lead,
  signal: CancelSignal | undefined,
): Promise<"ended" | "lost"> {
  const { tell, trouble } = settings;
  const work = new AbortController();
  const lost = new AbortController();
  const done = new AbortController();
  const stop = (): void => work.abort();
  if (signal?.aborted === true) stop();
  else signal?.addEventListener("abort", stop);
  try {
    const renewing = renewUntil(settings, done.signal).then((held) => {
      if (held === undefined) {
        tell(0);
        lost.abort();
        stop();
      }
      return held;
    });
    const led = await settle(() => lead(work.signal, lost.signal));
    done.abort();
    const held = await renewing;
    tell(0);
    if (held !== undefined) await release(settings, held);
    if (led.kind === "failed") {
      // Work that is told to stop may say so by throwing.
      if (!work.signal.aborted) throw led.error;
      trouble.report(led.error);
    }
    return held === undefined ? "lost" : "ended";
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Without it, the others wait for the lease to run out. */
async function release(settings: HoldSettings, held: LeaseRecord): Promise<void> {
  try {
    const { clock, renewDeadlineMs: ms } = settings;
    await callLease({ clock, ms }, (end) => settings.lock.release(held, end));
  } catch (error) {
    settings.trouble.report(error);
  }
}

type Led = { readonly kind: "ended" } | { readonly kind: "failed"; readonly error: unknown };

async function settle(lead: () => Promise<void>): Promise<Led> {
  try {
    await lead();
    return { kind: "ended" };
  } catch (error) {
    return { kind: "failed", error };
  }
}

/** Renews until `done`, and answers the lease as it then is; `undefined` as soon as it is lost. */
async function renewUntil(
  settings: HoldSettings,
  done: AbortSignal,
): Promise<LeaseRecord | undefined> {
  const { lock, clock, random, acquired, renewDeadlineMs, retryPeriodMs } = settings;
  const { tell, trouble } = settings;
  let held = acquired.lease;
  let deadline = acquired.at + renewDeadlineMs;
  for (;;) {
    tell(deadline);
    const left = deadline - clock.now().getTime();
    if (left <= 0) return undefined;
    await clock.delay(Math.min(retryPeriodMs * (1 + random() / 5), left), done);
    if (done.aborted) return held;
    const sent = clock.now().getTime();
    const ms = deadline - sent;
    // The process stood still, or its clock jumped: somebody else may lead by now.
    if (ms <= 0) {
      trouble.report(stoodStill());
      return undefined;
    }
    try {
      const renewed = await callLease({ clock, ms }, (end) => lock.renew(held, end));
      if (renewed === undefined) return undefined;
      held = renewed;
      deadline = sent + renewDeadlineMs;
      trouble.end();
    } catch (error) {
      trouble.report(error);
      // Whoever deleted the lease lets anybody take it.
      if (KubernetesError.is(error) && error.code === "not-found") return undefined;
    }
  }
}

function stoodStill(): KubernetesError {
  const message =
    "the lease could not be renewed in time: the process stood still, or was too busy";
  return new KubernetesError("timeout", message);
}
