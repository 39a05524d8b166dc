/** What ends a request: its caller, or its time. */
export interface Deadline {
  /** Aborted by whichever comes first. */
  readonly signal: AbortSignal;
  /** Which of the two it was. */
  endedBy(): "cancelled" | "timeout" | undefined;
  /** The time no longer counts; the caller's signal still does. */
  stopTimer(): void;
  /** Neither counts any longer. */
  clear(): void;
}

/**
 * Starts a time of `timeoutMs` milliseconds, which {@link Deadline.clear} ends.
 *
 * A signal of its own instead of `AbortSignal.any`, which holds on to signals that live long.
 */
export function startDeadline(timeoutMs: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let cause: "cancelled" | "timeout" | undefined;
  const end = (by: "cancelled" | "timeout"): void => {
    cause ??= by;
    controller.abort();
  };
  const cancel = (): void => end("cancelled");
  const timer = setTimeout(() => end("timeout"), timeoutMs);
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
