import type { Clock } from "@image-updater/core";

/** How long one request may go on waiting. */
export interface Patience {
  /** Whether a wait of so many milliseconds ends in time. */
  allows(waitMs: number): boolean;
  /** Stands still until what it answers is called. */
  pause(): () => void;
}

/** Patience for `deadlineMs`, counted from the first time it is asked. */
export function createPatience(deadlineMs: number, clock: Clock): Patience {
  let deadline: number | undefined;
  return {
    allows(waitMs: number): boolean {
      const now = clock.now().getTime();
      deadline ??= now + deadlineMs;
      return now + waitMs <= deadline;
    },
    pause(): () => void {
      const since = clock.now().getTime();
      return () => {
        if (deadline !== undefined) deadline += clock.now().getTime() - since;
      };
    },
  };
}
