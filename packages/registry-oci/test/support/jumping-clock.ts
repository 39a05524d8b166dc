import type { CancelSignal, Clock } from "@image-updater/core";

/** A clock whose delays are over at once, while its time moves on by them. */
export interface JumpingClock extends Clock {
  readonly delays: readonly number[];
  advance(ms: number): void;
}

export function createJumpingClock(start: number = Date.now()): JumpingClock {
  let now = start;
  const delays: number[] = [];
  return {
    delays,
    now: () => new Date(now),
    async delay(ms: number, signal?: CancelSignal): Promise<void> {
      if (signal?.aborted === true) return;
      delays.push(ms);
      now += ms;
    },
    advance(ms: number): void {
      now += ms;
    },
  };
}
