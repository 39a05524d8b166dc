import type { Clock } from "../ports/clock.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { FactsCache } from "../ports/facts-cache.js";
import { withDeadline } from "./deadline.js";

/** Bounds of a cache that is somebody else's program. */
export interface BoundedCacheSettings {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: CancelSignal | undefined;
  /** Told once, when the cache is given up for the rest of the cycle. */
  readonly onDown: (message: string) => void;
}

/**
 * A cache for one cycle, whose calls have a deadline. One that is missed is the last call of the cycle:
 * everything else is a miss at once, so that a cache which hangs costs one deadline and not one per tag.
 */
export function boundCache(cache: FactsCache, settings: BoundedCacheSettings): FactsCache {
  const { clock, timeoutMs: ms, signal, onDown } = settings;
  let isDown = false;
  async function ask<T>(call: () => Promise<T>): Promise<T | undefined> {
    if (isDown) return undefined;
    try {
      return await withDeadline({ clock, ms, signal, failure }, call);
    } catch (error) {
      if (error instanceof CacheFailure && error.message === "timeout" && !isDown) {
        isDown = true;
        onDown(
          `the facts cache did not answer within ${ms / 1000} s and is not asked again in this cycle`,
        );
      }
      throw error;
    }
  }
  return {
    contract: cache.contract,
    readDetails: (...asked) => ask(() => cache.readDetails(...asked)),
    readTag: (...asked) => ask(() => cache.readTag(...asked)),
    writeDetails: (...asked) => ask(() => cache.writeDetails(...asked)),
    writeTag: (...asked) => ask(() => cache.writeTag(...asked)),
  };
}

function failure(code: "timeout" | "cancelled"): Error {
  return new CacheFailure(code);
}

/** Nobody sees it: what a cache does not say is a miss. */
class CacheFailure extends Error {}
