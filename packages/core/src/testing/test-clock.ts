import type { CancelSignal } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";

/** A clock that a test moves. */
export interface TestClock extends Clock {
  /** Moves the time on and ends every delay that is then over. */
  advance(ms: number): void;
}

/**
 * A clock that stands still until it is moved; starts at 2024-01-01T00:00:00Z.
 *
 * A pending delay holds nothing open, so a test that never moves the clock just ends.
 */
export function createTestClock(start = "2024-01-01T00:00:00Z"): TestClock {
  let now = Date.parse(start);
  const waiting = new Set<{ readonly until: number; readonly resolve: () => void }>();
  return {
    now(): Date {
      return new Date(now);
    },
    delay(ms: number, signal?: CancelSignal): Promise<void> {
      if (signal?.aborted === true || ms <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.add({ until: now + ms, resolve });
      });
    },
    advance(ms: number): void {
      now += ms;
      for (const entry of [...waiting]) {
        if (entry.until > now) continue;
        waiting.delete(entry);
        entry.resolve();
      }
    },
  };
}
