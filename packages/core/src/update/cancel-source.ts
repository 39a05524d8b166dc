/** A signal and how to abort it: as much of `AbortController` as a `Clock` needs. */
export interface CancelSource {
  readonly signal: {
    readonly aborted: boolean;
    addEventListener(type: "abort", listener: () => void): void;
    removeEventListener(type: "abort", listener: () => void): void;
  };
  abort(): void;
}

/** Creates a signal without the host's help. */
export function createCancelSource(): CancelSource {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    signal: {
      get aborted(): boolean {
        return aborted;
      },
      addEventListener(_type, listener): void {
        listeners.add(listener);
      },
      removeEventListener(_type, listener): void {
        listeners.delete(listener);
      },
    },
    abort(): void {
      aborted = true;
      for (const listener of listeners) listener();
      listeners.clear();
    },
  };
}
