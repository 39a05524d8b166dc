import type { Clock } from "../ports/clock.js";
import { createPlainSource } from "./cancel-source.js";
import { LONGEST_DELAY } from "./deadline.js";

/** Bounds how much runs at the same time for one key, first come first served. */
export interface KeyedSemaphore {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Looks again whether somebody may begin: the limit of the key has grown. */
  wake(key: string): void;
}

/** Settings of {@link createKeyedSemaphore}. */
export interface KeyedSemaphoreSettings {
  readonly clock: Clock;
  /** How much may run now. */
  readonly limitOf: (key: string) => number;
  /**
   * What takes longer than this, in milliseconds, no longer counts: whoever hangs holds up the next in
   * the line only so long. `lent` is how many of the key take longer already.
   */
  readonly lendAfterMs: (key: string, lent: number) => number;
}

interface Line {
  running: number;
  /** How many are under way and no longer counted. */
  lent: number;
  readonly waiting: Set<() => void>;
}

/** A semaphore whose keys know nothing of each other, so that a key that hangs holds up no other. */
export function createKeyedSemaphore(settings: KeyedSemaphoreSettings): KeyedSemaphore {
  const { clock, limitOf, lendAfterMs } = settings;
  const lines = new Map<string, Line>();

  function wake(key: string): void {
    const line = lines.get(key);
    if (line === undefined) return;
    for (const begin of line.waiting) {
      if (line.running >= Math.max(1, limitOf(key))) return;
      line.waiting.delete(begin);
      line.running += 1;
      begin();
    }
    if (line.running === 0 && line.lent === 0) lines.delete(key);
  }

  return {
    wake,
    async run<T>(key: string, work: () => Promise<T>): Promise<T> {
      const line = lines.get(key) ?? { running: 0, lent: 0, waiting: new Set() };
      lines.set(key, line);
      await new Promise<void>((resolve) => {
        line.waiting.add(resolve);
        wake(key);
      });
      const patience = createPlainSource();
      let isLent = false;
      const lend = (): void => {
        if (patience.signal.aborted) return;
        isLent = true;
        line.running -= 1;
        line.lent += 1;
        wake(key);
      };
      const ms = Math.min(lendAfterMs(key, line.lent), LONGEST_DELAY);
      void clock.delay(ms, patience.signal).then(lend, lend);
      try {
        return await work();
      } finally {
        patience.abort();
        if (isLent) line.lent -= 1;
        else line.running -= 1;
        wake(key);
      }
    },
  };
}
