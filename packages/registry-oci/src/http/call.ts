import type { CancelSignal } from "@image-updater/core";

/** Whose call some work belongs to. */
export interface Call {
  /** Ends it. */
  readonly signal?: CancelSignal | undefined;
  /** Stops its deadline while it waits for a turn of ours; what it answers lets the deadline go on. */
  readonly pauseDeadline?: (() => () => void) | undefined;
}

/** A call, and for whom it takes its turn: calls for the same stand in one line. */
export interface TurnCall extends Call {
  readonly of?: string | undefined;
}
