import { ApplicationError } from "@image-updater/core";
import { cancelledError, type WriteLimits } from "./write-limits.js";

/**
 * Makes one call of a client, which may never answer and may not care for its signal.
 *
 * Throws ApplicationError `cancelled` as soon as the caller's signal is aborted, and `unavailable` when
 * the call takes longer than the deadline.
 */
export async function callWithin<T>(
  application: string,
  { clock, deadlineMs, signal }: WriteLimits,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted === true) throw cancelledError(application);
  const work = new AbortController();
  const timer = new AbortController();
  const stopTimer = (): void => timer.abort();
  let isOver = false;
  signal?.addEventListener("abort", stopTimer, { once: true });
  const givenUp = clock.delay(deadlineMs, timer.signal).then((): never => {
    if (!isOver) work.abort();
    if (signal?.aborted === true) throw cancelledError(application);
    const message = `${application} could not be reached: no answer within ${deadlineMs} ms`;
    throw new ApplicationError("unavailable", message, { application });
  });
  try {
    return await Promise.race([call(work.signal), givenUp]);
  } finally {
    isOver = true;
    signal?.removeEventListener("abort", stopTimer);
    stopTimer();
  }
}
