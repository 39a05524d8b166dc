import type { CancelSignal } from "./cancel-signal.js";

/** Time as an argument: nothing in the core reads the host's clock. */
export interface Clock {
  /** The present moment. */
  now(): Date;
  /**
   * Resolves after `ms` milliseconds, or as soon as `signal` is aborted; never rejects.
   *
   * The updater's own signal has `aborted`, `addEventListener` and `removeEventListener`, and nothing
   * else of an `AbortSignal`.
   */
  delay(ms: number, signal?: CancelSignal): Promise<void>;
}
