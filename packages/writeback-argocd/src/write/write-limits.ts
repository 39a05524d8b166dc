import { ApplicationError, type CancelSignal, type Clock } from "@image-updater/core";

/** What bounds the work on one Application. */
export interface WriteLimits {
  readonly clock: Clock;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  /** No attempt starts later than this after the first, and no call takes longer. */
  readonly deadlineMs: number;
  readonly signal: CancelSignal | undefined;
}

/** The error of work that its caller ended. */
export function cancelledError(application: string): ApplicationError {
  const message = `the work on ${application} was cancelled`;
  return new ApplicationError("cancelled", message, { application });
}
