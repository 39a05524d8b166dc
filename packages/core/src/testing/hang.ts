import type { CancelSignal } from "../ports/cancel-signal.js";
import { onAbort } from "../update/on-abort.js";

/** Never answers; rejects once the signal is aborted. */
export function hang(signal: CancelSignal | undefined, cancelled: () => Error): Promise<never> {
  return new Promise((_resolve, reject) => {
    onAbort(signal, () => reject(cancelled()));
  });
}
