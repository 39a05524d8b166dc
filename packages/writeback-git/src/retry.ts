import { WriteBackError, type Clock } from "@image-updater/core";
import { cancelledError } from "./transport/http-transport.js";

/** How one attempt ended; `again` holds what to report when there is no time for another. */
export type Attempt<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "again"; readonly error: WriteBackError };

/** What bounds the attempts. */
export interface RetryLimits {
  readonly target: string;
  readonly clock: Clock;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  /** No attempt starts later than this after the first. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

const MAX_FAILURES = 3;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

/**
 * Attempts until one is done or the deadline is near, with growing pauses of random length.
 *
 * A lost race (`conflict`) is tried again until the deadline; what may pass by itself, thrown or
 * answered, three times; anything else that is thrown ends it at once.
 */
export async function retryUntilDeadline<T>(
  limits: RetryLimits,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  const { clock, signal, target } = limits;
  const end = clock.now().getTime() + limits.deadlineMs;
  let failures = 0;
  for (let count = 1; ; count += 1) {
    if (signal?.aborted === true) throw cancelledError(target);
    const outcome = await settle(attempt);
    if (outcome.kind === "done") return outcome.value;
    const { error } = outcome;
    failures += error.code === "conflict" ? 0 : 1;
    const pause = limits.random() * Math.min(FIRST_PAUSE_MS * 2 ** count, LONGEST_PAUSE_MS);
    if (failures >= MAX_FAILURES || clock.now().getTime() + pause > end) throw error;
    await clock.delay(pause, signal);
  }
}

async function settle<T>(attempt: () => Promise<Attempt<T>>): Promise<Attempt<T>> {
  try {
    return await attempt();
  } catch (error) {
    if (WriteBackError.is(error) && error.retryable) return { kind: "again", error };
    throw error;
  }
}
