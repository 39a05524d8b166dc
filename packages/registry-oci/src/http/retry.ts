import type { CancelSignal, Clock } from "@image-updater/core";
import type { HttpResponse } from "./http-message.js";
import type { Patience } from "./patience.js";
import type { QuietHosts } from "./quiet-hosts.js";
import { retryDelayMs } from "./retry-delay.js";
import { isConnectionError } from "./transport-error.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** How often and how long to try again. */
export interface RetryPolicy {
  /** Attempts after the first. */
  readonly retries: number;
  /** No wait is begun that it does not allow. */
  readonly patience: Patience;
  /** Learns of every host that said 429. */
  readonly quiet: QuietHosts;
  readonly clock: Clock;
  /** From 0 up to 1, for jitter. */
  readonly random: () => number;
}

type Outcome =
  | { readonly kind: "response"; readonly response: HttpResponse }
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Tries again on 408, 429, 5xx and failed connections, waiting as long as the answer asks, or twice as
 * long each time.
 *
 * When the tries or the patience are used up, the last outcome counts.
 */
export async function withRetries(
  attempt: () => Promise<HttpResponse>,
  policy: RetryPolicy,
  signal?: CancelSignal,
): Promise<HttpResponse> {
  let outcome = await settle(attempt);
  for (let count = 0; isTransient(outcome); count += 1) {
    const wait = waitBefore(outcome, count, policy);
    // Also when this was the last try: the others are to know.
    silence(outcome, wait, policy.quiet);
    if (count === policy.retries || !policy.patience.allows(wait)) break;
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
    outcome.kind === "response" ? retryDelayMs(outcome.response, clock.now()) : undefined;
  // GHCR asks for microseconds, which would be no pause at all.
  if (asked !== undefined) return Math.max(FIRST_WAIT_MS, asked) * (1 + random() / 10);
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** count) * (0.5 + random());
}

function silence(outcome: Outcome, pauseMs: number, quiet: QuietHosts): void {
  if (outcome.kind === "failed" || outcome.response.status !== 429) return;
  quiet.silence(outcome.response.url.host, pauseMs);
}
