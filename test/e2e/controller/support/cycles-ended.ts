import type { MemoryLogger, TestClock } from "@image-updater/core/testing";
import { expect } from "vitest";

/** Waits until so many cycles have ended, and the schedule waits for what comes next. */
export async function cyclesEnded(
  { logger, clock }: { readonly logger: MemoryLogger; readonly clock: TestClock },
  count: number,
): Promise<void> {
  const ended = (): number =>
    logger.entries.filter(
      ({ level, message }) => level === "info" && message.startsWith("Processing results"),
    ).length;
  await expect.poll(ended).toBe(count);
  await expect.poll(() => clock.pending).toBeGreaterThan(0);
}
