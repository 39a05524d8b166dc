import type { TestClock } from "@image-updater/core/testing";
import { expect } from "vitest";

/** A part of the interval that no time limit of a cycle minds. */
const STEP_MS = 5_000;
/** How often the event loop turns between two steps, so that a cycle begins before many of them. */
const TURNS = 100;

/**
 * Lets time pass until the next cycle has begun, which `begun` counts.
 *
 * In steps: a cycle says its results a little before the wait for the next one begins.
 */
export async function passInterval(clock: TestClock, begun: () => number): Promise<void> {
  const before = begun();
  const step = async (): Promise<number> => {
    if (begun() === before) clock.advance(STEP_MS);
    for (let turn = 0; turn < TURNS && begun() === before; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    return begun();
  };
  await expect.poll(step).toBeGreaterThan(before);
}
