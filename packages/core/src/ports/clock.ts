import type { CancelSignal } from "./cancel-signal.js";

/** Time as an argument: nothing in the core reads the host's clock. */
export interface Clock {
  /** The present moment. */
  now(): Date;
  /** Resolves after `ms` milliseconds, or as soon as `signal` is aborted; never rejects. */
  delay(ms: number, signal?: CancelSignal): Promise<void>;
}
