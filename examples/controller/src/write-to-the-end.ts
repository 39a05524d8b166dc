import type { WriteBackTarget } from "@image-updater/core";

/**
 * The same target, whose writes are finished once they have begun: a controller that is asked to stop
 * in the middle of a push waits for it, so that it knows and says what was written. One whose lead is
 * lost tries nothing again, since another one works by then.
 */
export function writeToTheEnd(target: WriteBackTarget, lost: AbortSignal): WriteBackTarget {
  return { ...target, write: (changes) => target.write(changes, { signal: lost }) };
}
