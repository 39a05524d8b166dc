import type { TestClock } from "@image-updater/core/testing";
import { expect } from "vitest";

/** A part of the interval that no time limit of a cycle minds. */
const STEP_MS = 5_000;

/**
 * Lets time pass until the next cycle has begun, which `begun` counts.
 *
 * In steps: a cycle says its results a little before the wait for the next one begins.
 */
export async function passInterval(clock: TestClock, begun: () => number): Promise<void> {
  const before = begun();
  const step = (): number => {
    if (begun() === before) clock.advance(STEP_MS);
    return begun();
  };
  await expect.poll(step, { timeout: 20_000, interval: 20 }).toBeGreaterThan(before);
}
