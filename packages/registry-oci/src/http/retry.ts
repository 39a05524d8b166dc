import type { CancelSignal, Clock } from "@image-updater/core";
import type { HttpResponse } from "./http-message.js";
import { parseRetryAfter } from "./retry-after.js";
import { isConnectionError } from "./transport-error.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** How often and how long to try again. */
export interface RetryPolicy {
  /** Attempts after the first. */
  readonly retries: number;
  /** No attempt starts later than this after the first failure. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** From 0 up to 1, for jitter. */
  readonly random: () => number;
}

type Outcome =
  | { readonly kind: "response"; readonly response: HttpResponse }
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Tries again on 408, 429, 5xx and failed connections, waiting as `Retry-After` says or twice as long
 * each time.
 *
 * When the tries or the time are used up, the last outcome counts. A wait that would end after the
 * deadline is not begun.
 */
export async function withRetries(
  attempt: () => Promise<HttpResponse>,
  policy: RetryPolicy,
  signal?: CancelSignal,
): Promise<HttpResponse> {
  let outcome = await settle(attempt);
  const deadline = policy.clock.now().getTime() + policy.deadlineMs;
  for (let count = 0; count < policy.retries && isTransient(outcome); count += 1) {
    const wait = waitBefore(outcome, count, policy);
    if (policy.clock.now().getTime() + wait > deadline) break;
    await policy.clock.delay(wait, signal);
    outcome = await settle(attempt);
  }
  if (outcome.kind === "failed") throw outcome.error;
  return outcome.response;
}

async function settle(attempt: () => Promise<HttpResponse>): Promise<Outcome> {
  try {
    return { kind: "response", response: await attempt() };
  } catch (error) {
    return { kind: "failed", error };
  }
}

function isTransient(outcome: Outcome): boolean {
  if (outcome.kind === "failed") return isConnectionError(outcome.error);
  const { status } = outcome.response;
  // 501 and 505 say "never", not "not now".
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

function waitBefore(outcome: Outcome, count: number, { clock, random }: RetryPolicy): number {
  const asked =
    outcome.kind === "response"
      ? parseRetryAfter(outcome.response.headers.get("retry-after"), clock.now())
      : undefined;
  if (asked !== undefined) return asked * 1000 * (1 + random() / 10);
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** count) * (0.5 + random());
}
