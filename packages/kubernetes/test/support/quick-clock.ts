import type { Clock } from "@image-updater/core";

/** A clock whose delays are over at once; it moves on by them. */
export interface QuickClock extends Clock {
  /** All delays so far, in milliseconds. */
  readonly waits: readonly number[];
}

/** `longest` delays stay open until their signal ends them: the guard of a watch, say. */
export function createQuickClock(longest = 60_000): QuickClock {
  const waits: number[] = [];
  let now = Date.parse("2024-01-01T00:00:00Z");
  return {
    waits,
    now: () => new Date(now),
    async delay(ms, signal): Promise<void> {
      if (ms < longest) {
        waits.push(ms);
        now += ms;
        // Others get their turn, so that a loop of short delays ends when a test stops it.
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        return;
      }
      await new Promise<void>((resolve) => {
        if (signal?.aborted === true) resolve();
        signal?.addEventListener("abort", () => resolve(), { once: true });
      });
    },
  };
}
