import type { Clock } from "@image-updater/core";
import type { TurnCall } from "./call.js";
import { createTurnQueue } from "./turn-queue.js";

const MOST_SAVED = 10;

/** Spreads requests over time. */
export interface RateLimit {
  /**
   * Resolves when it is the call's turn to send a request, or as soon as its signal is aborted: then the
   * turn is another's. Never rejects.
   */
  take(call?: TurnCall): Promise<void>;
}

/**
 * At most `requestsPerSecond`, evenly spaced. What a pause leaves unused, up to a second's worth and
 * ten requests, may follow at once.
 */
export function createRateLimit(requestsPerSecond: number, clock: Clock): RateLimit {
  const interval = 1000 / requestsPerSecond;
  const saved = Math.max(0, Math.min(MOST_SAVED, Math.floor(requestsPerSecond)) - 1) * interval;
  const queue = createTurnQueue();
  let nextStart = Number.NEGATIVE_INFINITY;
  let isServing = false;
  let nobodyWaits = new AbortController();

  function startOf(now: number): number {
    return Math.max(now - saved, nextStart);
  }

  async function serve(): Promise<void> {
    if (isServing) return;
    isServing = true;
    while (!queue.isEmpty()) {
      const now = clock.now().getTime();
      const start = startOf(now);
      if (start > now && !(await isWaitedFor(start - now))) continue;
      nextStart = start + interval;
      queue.callNext();
    }
    isServing = false;
  }

  /** Whether the whole of the delay was waited for: no timer is left when all have gone. */
  async function isWaitedFor(delayMs: number): Promise<boolean> {
    nobodyWaits = new AbortController();
    const { signal } = nobodyWaits;
    await clock.delay(delayMs, signal).catch(() => undefined);
    return !signal.aborted;
  }

  return {
    async take(call = {}): Promise<void> {
      const now = clock.now().getTime();
      const start = startOf(now);
      if (queue.isEmpty() && start <= now) {
        nextStart = start + interval;
        return;
      }
      const turn = queue.wait(call);
      void serve();
      if (!(await turn) && queue.isEmpty()) nobodyWaits.abort();
    },
  };
}
