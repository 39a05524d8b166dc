import type { CancelSignal } from "@image-updater/core";

/** A signal that ends with the caller's, or after a time. */
export interface RequestDeadline {
  readonly signal: AbortSignal;
  /** Which of the two it was. */
  endedBy(): "cancelled" | "timeout" | undefined;
  /** The time no longer counts; the caller's signal still does. */
  stopTimer(): void;
  /** Neither counts any longer. */
  clear(): void;
}

/** Starts the time. A signal of our own instead of `AbortSignal.any`, which holds on to long-lived ones. */
export function startDeadline(ms: number, caller: CancelSignal | undefined): RequestDeadline {
  const controller = new AbortController();
  let cause: "cancelled" | "timeout" | undefined;
  const end = (by: "cancelled" | "timeout"): void => {
    cause ??= by;
    controller.abort();
  };
  const cancel = (): void => end("cancelled");
  const timer = setTimeout(() => end("timeout"), ms);
  if (caller?.aborted === true) cancel();
  else caller?.addEventListener("abort", cancel);
  return {
    signal: controller.signal,
    endedBy: () => cause,
    stopTimer: () => clearTimeout(timer),
    clear(): void {
      clearTimeout(timer);
      caller?.removeEventListener("abort", cancel);
    },
  };
}
