import { RegistryError, type CancelSignal } from "@image-updater/core";
import type { OpenApiConnection } from "./open-api-connection.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** How often and how long to try again. */
export type RetryPolicy = Pick<OpenApiConnection, "clock" | "retries" | "deadlineMs" | "random">;

/**
 * Tries again what was throttled, met a failing server or got no connection, waiting as long as the
 * server asks or twice as long each time.
 *
 * Each attempt is a new request with a signature of its own: one that was seen is refused.
 */
export async function retryCall<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  signal: CancelSignal | undefined,
): Promise<T> {
  let deadline: number | undefined;
  for (let count = 0; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const now = policy.clock.now().getTime();
      deadline ??= now + policy.deadlineMs;
      const wait = waitBefore(error, count, policy);
      if (wait === undefined || count === policy.retries || now + wait > deadline) throw error;
      await policy.clock.delay(wait, signal);
    }
  }
}

function waitBefore(error: unknown, count: number, { random }: RetryPolicy): number | undefined {
  if (!RegistryError.is(error)) return undefined;
  if (error.code !== "rate-limited" && error.code !== "unavailable") return undefined;
  const asked = error.context.retryAfterSeconds;
  if (asked !== undefined) return asked * 1000 * (1 + random() / 10);
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** count) * (0.5 + random());
}
