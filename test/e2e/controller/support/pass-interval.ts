import type { TestClock } from "@image-updater/core/testing";
import { expect } from "vitest";

/** The controllers' default interval. */
const INTERVAL_MS = 120_000;

/**
 * Lets the time until the next cycle pass, as soon as the controller waits for it: a cycle has said its
 * results a little earlier.
 */
export async function passInterval({ clock }: { readonly clock: TestClock }): Promise<void> {
  await expect.poll(() => clock.pending, { timeout: 10_000 }).toBeGreaterThan(0);
  clock.advance(INTERVAL_MS);
}
