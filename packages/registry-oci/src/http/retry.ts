import type { CancelSignal, Clock } from "@image-updater/core";
import { FIRST_PAUSE_MS, growingPause, retry, type Outcome } from "@image-updater/http";
import type { HttpResponse } from "./http-message.js";
import type { Patience } from "./patience.js";
import type { QuietHosts } from "./quiet-hosts.js";
import { retryDelayMs } from "./retry-delay.js";
import { isConnectionError } from "./transport-error.js";

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

/**
 * Tries again on 408, 429, 5xx and failed connections, waiting as long as the answer asks, or twice as
 * long each time.
 *
 * When the tries or the patience are used up, the last outcome counts.
 */
export function withRetries(
  attempt: () => Promise<HttpResponse>,
  policy: RetryPolicy,
  signal?: CancelSignal,
): Promise<HttpResponse> {
  const { clock, patience, quiet, retries } = policy;
  return retry(attempt, {
    signal,
    delay: (ms, ended) => clock.delay(ms, ended),
    waitAfter: (outcome, count) => {
      if (!isTransient(outcome)) return undefined;
      const wait = waitBefore(outcome, count, policy);
      // Also when this was the last try: the others are to know.
      silence(outcome, wait, quiet);
      return count === retries || !patience.allows(wait) ? undefined : wait;
    },
  });
}

function isTransient(outcome: Outcome<HttpResponse>): boolean {
  if (outcome.kind === "failed") return isConnectionError(outcome.error);
  const { status } = outcome.value;
  // 501 and 505 say "never", not "not now".
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

function waitBefore(
  outcome: Outcome<HttpResponse>,
  count: number,
  { clock, random }: RetryPolicy,
): number {
  const asked = outcome.kind === "answered" ? retryDelayMs(outcome.value, clock.now()) : undefined;
  // GHCR asks for microseconds, which would be no pause at all.
  if (asked !== undefined) return Math.max(FIRST_PAUSE_MS, asked) * (1 + random() / 10);
  return growingPause(count, random());
}

function silence(outcome: Outcome<HttpResponse>, pauseMs: number, quiet: QuietHosts): void {
  if (outcome.kind === "failed" || outcome.value.status !== 429) return;
  quiet.silence(outcome.value.url.host, pauseMs);
}
