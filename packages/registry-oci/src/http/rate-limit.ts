import type { CancelSignal, Clock } from "@image-updater/core";

const MOST_SAVED = 10;

/** Spreads requests over time. */
export interface RateLimit {
  /** Resolves when the next request may start, or as soon as `signal` is aborted; never rejects. */
  take(signal?: CancelSignal): Promise<void>;
}

/**
 * At most `requestsPerSecond`, evenly spaced. What a pause leaves unused, up to a second's worth and
 * ten requests, may follow at once.
 */
export function createRateLimit(requestsPerSecond: number, clock: Clock): RateLimit {
  const interval = 1000 / requestsPerSecond;
  const saved = Math.max(0, Math.min(MOST_SAVED, Math.floor(requestsPerSecond)) - 1) * interval;
  let nextStart = Number.NEGATIVE_INFINITY;
  return {
    async take(signal?: CancelSignal): Promise<void> {
      const now = clock.now().getTime();
      const start = Math.max(now - saved, nextStart);
      nextStart = start + interval;
      if (start > now) await clock.delay(start - now, signal);
    },
  };
}
