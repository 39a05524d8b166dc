/** How an attempt ended. */
export type Outcome<T> =
  | { readonly kind: "answered"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown };

/** What is tried again, and when. */
export interface RetryPolicy<T> {
  /**
   * Milliseconds to wait before the next attempt; `undefined` where the outcome counts as it is.
   *
   * @param count how many attempts were made before this one.
   */
  readonly waitAfter: (outcome: Outcome<T>, count: number) => number | undefined;
  /** Ends early, without an error, when its signal is aborted. */
  readonly delay: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Ends a wait; the attempt after it is to notice that it is aborted. */
  readonly signal: AbortSignal | undefined;
}

/** Attempts until the policy names no further wait; then the last outcome counts. */
export async function retry<T>(attempt: () => Promise<T>, policy: RetryPolicy<T>): Promise<T> {
  for (let count = 0; ; count += 1) {
    const outcome = await settle(attempt);
    const wait = policy.waitAfter(outcome, count);
    if (wait !== undefined) await policy.delay(wait, policy.signal);
    else if (outcome.kind === "failed") throw outcome.error;
    else return outcome.value;
  }
}

async function settle<T>(attempt: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: "answered", value: await attempt() };
  } catch (error) {
    return { kind: "failed", error };
  }
}

/** The shortest pause between requests to a server that asked for one, in milliseconds. */
export const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * The usual pause in milliseconds after `count` earlier attempts: twice as long each time, from half a
 * second to 30 seconds, times 0.5 to 1.5.
 *
 * @param random from 0 up to 1.
 */
export function growingPause(count: number, random: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** count) * (0.5 + random);
}
