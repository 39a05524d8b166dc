import type { CancelSignal } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";
import { onAbort } from "../update/on-abort.js";

/** A clock that a test moves. */
export interface TestClock extends Clock {
  /** How many delays are not over yet. */
  readonly pending: number;
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
    get pending(): number {
      return waiting.size;
    },
    now(): Date {
      return new Date(now);
    },
    delay(ms: number, signal?: CancelSignal): Promise<void> {
      if (signal?.aborted === true || ms <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const finish = (): void => {
          waiting.delete(entry);
          stopListening();
          resolve();
        };
        const entry = { until: now + ms, resolve: finish };
        const stopListening = onAbort(signal, finish);
        waiting.add(entry);
      });
    },
    advance(ms: number): void {
      now += ms;
      for (const { until, resolve } of waiting) {
        if (until <= now) resolve();
      }
    },
  };
}
