import type { Clock } from "../ports/clock.js";

/**
 * Waits for `work`, at most `ms` milliseconds by the clock; then `onTimeout` makes the error.
 *
 * The work itself is not cancelled: ports have time limits of their own, and this one only keeps a
 * port without them from stopping the cycle.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  const cancel = createCancel();
  const late = Symbol("late");
  try {
    const first = await Promise.race([
      work,
      clock.delay(ms, cancel.signal).then((): typeof late => late),
    ]);
    if (first === late) throw onTimeout();
    return first;
  } finally {
    cancel.trigger();
  }
}

/** A signal the core can trigger itself: just enough of `AbortSignal` for a `Clock`. */
function createCancel(): { readonly signal: CancelEvents; trigger(): void } {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    signal: {
      get aborted(): boolean {
        return aborted;
      },
      addEventListener(_type: string, listener: () => void): void {
        listeners.add(listener);
      },
      removeEventListener(_type: string, listener: () => void): void {
        listeners.delete(listener);
      },
    },
    trigger(): void {
      aborted = true;
      for (const listener of [...listeners]) listener();
      listeners.clear();
    },
  };
}

interface CancelEvents {
  readonly aborted: boolean;
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}
