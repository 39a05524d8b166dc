import { setTimeout } from "node:timers/promises";
import type { Clock } from "@image-updater/core";

/** The clock of the machine. */
export function hostClock(): Clock {
  return {
    now: () => new Date(),
    delay: async (ms, signal) => {
      // An aborted pause is over, and no error.
      await setTimeout(ms, undefined, { signal }).catch(() => undefined);
    },
  };
}
