import { isImageUpdaterError } from "@image-updater/core";
import { retry } from "@image-updater/http";
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
export function retryUntilDeadline<T>(
  application: string,
  { clock, random, deadlineMs, signal }: WriteLimits,
  attempt: () => Promise<T>,
  again: (error: unknown) => boolean,
): Promise<T> {
  const end = clock.now().getTime() + deadlineMs;
  let failures = 0;
  const attemptUnlessCancelled = async (): Promise<T> => {
    if (signal?.aborted === true) throw cancelledError(application);
    return attempt();
  };
  return retry(attemptUnlessCancelled, {
    signal,
    delay: (ms, ended) => clock.delay(ms, ended),
    waitAfter: (outcome, count) => {
      if (outcome.kind === "answered") return undefined;
      const { error } = outcome;
      const isTyped = isImageUpdaterError(error);
      if (!(isTyped && error.retryable) && !again(error)) return undefined;
      failures += isTyped && error.code === "conflict" ? 0 : 1;
      const pause = random() * Math.min(FIRST_PAUSE_MS * 2 ** (count + 1), LONGEST_PAUSE_MS);
      return failures >= MAX_FAILURES || clock.now().getTime() + pause > end ? undefined : pause;
    },
  });
}
