import { WriteBackError, type Clock } from "@image-updater/core";
import { cancelledError, writeBackFailure } from "./write-back-failure.js";

/** How one attempt ended; `again` holds what to report when there is no time for another. */
export type Attempt<T> =
  | { readonly kind: "done"; readonly value: T }
  | {
      readonly kind: "again";
      readonly error: WriteBackError;
      /** After a lost race: how many commits of others went ahead meanwhile. Default: 1. */
      readonly ahead?: number | undefined;
    };

/** What bounds the attempts. */
export interface RetryLimits {
  readonly target: string;
  readonly clock: Clock;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  /** No attempt starts later than this after the first, however many races are lost. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Less than the core waits for a write, so that it is told how one ends. */
export const DEFAULT_DEADLINE_MS = 240_000;

const MAX_FAILURES = 3;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;
/** What fails is not tried for longer than this; races are lost only where others succeed. */
const FAILING_MS = 60_000;
/** More commits than this say nothing more of how many others there are. */
const MAX_AHEAD = 32;

/**
 * Attempts until one is done or the deadline is near, with growing pauses of random length.
 *
 * A lost race (`conflict`) is tried again until the deadline. The more others went ahead and the longer
 * an attempt takes, the longer the pause, so that they do not run into each other; and the more races
 * were lost, the shorter, so that whoever waits for long comes before those that have just begun.
 *
 * What may pass by itself, thrown or answered, is tried three times since the start or the last lost
 * race; anything else that is thrown ends it at once.
 */
export async function retryUntilDeadline<T>(
  limits: RetryLimits,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  const { clock, signal, target, deadlineMs, random } = limits;
  const now = (): number => clock.now().getTime();
  const end = now() + deadlineMs;
  let endOfFailing = now() + Math.min(FAILING_MS, deadlineMs);
  let failures = 0;
  let races = 0;
  for (let count = 1; ; count += 1) {
    if (signal?.aborted === true) throw cancelledError(target);
    const start = now();
    const outcome = await settle(attempt);
    if (outcome.kind === "done") return outcome.value;
    const { error, ahead = 1 } = outcome;
    const left = end - now();
    const step = Math.min(FIRST_PAUSE_MS * 2 ** count, LONGEST_PAUSE_MS);
    if (error.code === "conflict") {
      races += 1;
      failures = 0;
      if (left <= 0) throw error;
      const longest = Math.max(step, Math.min(racePause(now() - start, ahead, races), left / 4));
      await clock.delay(Math.min(random() * longest, left), signal);
      endOfFailing = Math.min(end, now() + FAILING_MS);
      continue;
    }
    failures += 1;
    const pause = random() * step;
    if (failures >= MAX_FAILURES || now() + pause > endOfFailing) throw error;
    await clock.delay(pause, signal);
  }
}

/** The longest pause after a lost race; it is in proportion to what an attempt takes. */
function racePause(tookMs: number, ahead: number, races: number): number {
  return (4 * tookMs * (Math.min(ahead, MAX_AHEAD) + 1)) / Math.sqrt(races);
}

async function settle<T>(attempt: () => Promise<Attempt<T>>): Promise<Attempt<T>> {
  try {
    return await attempt();
  } catch (cause) {
    const error = writeBackFailure(cause);
    if (WriteBackError.is(error) && error.retryable) return { kind: "again", error };
    throw error;
  }
}
