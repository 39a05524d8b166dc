import type { CancelSignal } from "../ports/cancel-signal.js";
import type { Clock } from "../ports/clock.js";
import { createCancelSource } from "./cancel-source.js";
import { onAbort } from "./on-abort.js";

/** How long a port is waited for. */
export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** Ends the wait at once when it is aborted. */
  readonly signal?: CancelSignal | undefined;
  /** Makes the error to throw instead of the port's answer. */
  readonly failure: (code: "timeout" | "cancelled") => Error;
}

/** The longest delay that every host's timers can keep. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * Does the work, and waits for it until the deadline; leaves no delay pending.
 *
 * The work itself is not stopped by the deadline: ports have time limits of their own, and this one
 * only keeps a port without them from stopping the cycle.
 */
export async function withDeadline<T>(deadline: Deadline, work: () => Promise<T>): Promise<T> {
  const { clock, ms, signal, failure } = deadline;
  if (signal?.aborted === true) throw failure("cancelled");
  const end = createCancelSource();
  const stopListening = onAbort(signal, end.abort);
  const over = Symbol("over");
  try {
    const first = await Promise.race([
      work(),
      clock.delay(Math.min(ms, LONGEST_DELAY), end.signal).then((): typeof over => over),
    ]);
    if (first === over) throw failure(isAborted(signal) ? "cancelled" : "timeout");
    return first;
  } finally {
    stopListening();
    end.abort();
  }
}

function isAborted(signal: CancelSignal | undefined): boolean {
  return signal?.aborted === true;
}
