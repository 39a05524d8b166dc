import { isImageUpdaterError } from "@image-updater/core";
import { cancelledError, type WriteLimits } from "./write-limits.js";

const MAX_FAILURES = 3;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

/**
 * Attempts until one succeeds or the deadline is near, with growing pauses of random length.
 *
 * A lost race (`conflict`) is tried again until the deadline; what may pass by itself, or what `again`
 * says is to be looked at again, three times; anything else that is thrown ends it at once.
 */
export async function retryUntilDeadline<T>(
  application: string,
  { clock, random, deadlineMs, signal }: WriteLimits,
  attempt: () => Promise<T>,
  again: (error: unknown) => boolean,
): Promise<T> {
  const end = clock.now().getTime() + deadlineMs;
  let failures = 0;
  for (let count = 1; ; count += 1) {
    if (signal?.aborted === true) throw cancelledError(application);
    try {
      return await attempt();
    } catch (error) {
      const isTyped = isImageUpdaterError(error);
      if (!(isTyped && error.retryable) && !again(error)) throw error;
      failures += isTyped && error.code === "conflict" ? 0 : 1;
      const pause = random() * Math.min(FIRST_PAUSE_MS * 2 ** count, LONGEST_PAUSE_MS);
      if (failures >= MAX_FAILURES || clock.now().getTime() + pause > end) throw error;
      await clock.delay(pause, signal);
    }
  }
}
