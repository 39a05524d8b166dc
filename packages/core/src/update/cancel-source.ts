import type { CancelSignal } from "../ports/cancel-signal.js";

/** A signal and how to abort it. */
export interface CancelSource {
  readonly signal: CancelSignal & CancelEvents;
  abort(): void;
}

/** The part of a signal that tells of its end. */
export interface CancelEvents {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The host's class, where it has one: the language has none. */
declare const AbortController: (new () => CancelSource) | undefined;

/** Creates the host's own kind of signal, which `fetch` and `AbortSignal.any` insist on. */
export function createCancelSource(): CancelSource {
  if (typeof AbortController === "undefined") return createPlainSource();
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** A signal that any number may listen to; for our own use. */
export function createPlainSource(): { readonly signal: CancelEvents; abort(): void } {
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
