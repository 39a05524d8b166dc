import { RegistryError, type CancelSignal } from "@image-updater/core";
import { growingPause, retry } from "@image-updater/http";
import type { OpenApiConnection } from "./open-api-connection.js";

/** How often and how long to try again. */
export type RetryPolicy = Pick<OpenApiConnection, "clock" | "retries" | "deadlineMs" | "random">;

/**
 * Tries again what was throttled, met a failing server or got no connection, waiting as long as the
 * server asks or twice as long each time.
 *
 * Each attempt is a new request with a signature of its own: one that was seen is refused.
 */
export function retryCall<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  signal: CancelSignal | undefined,
): Promise<T> {
  const { clock, deadlineMs, retries } = policy;
  let deadline: number | undefined;
  return retry(attempt, {
    signal,
    delay: (ms, ended) => clock.delay(ms, ended),
    waitAfter: (outcome, count) => {
      if (outcome.kind === "answered") return undefined;
      const now = clock.now().getTime();
      deadline ??= now + deadlineMs;
      const wait = waitBefore(outcome.error, count, policy);
      if (wait === undefined || count === retries || now + wait > deadline) return undefined;
      return wait;
    },
  });
}

function waitBefore(error: unknown, count: number, { random }: RetryPolicy): number | undefined {
  if (!RegistryError.is(error)) return undefined;
  if (error.code !== "rate-limited" && error.code !== "unavailable") return undefined;
  const asked = error.context.retryAfterSeconds;
  if (asked !== undefined) return asked * 1000 * (1 + random() / 10);
  return growingPause(count, random());
}
