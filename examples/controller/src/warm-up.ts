import type { Logger } from "@image-updater/core";
import { runCycle, type CycleParts } from "./cycle.js";
import { quietened } from "./logging.js";

const RETRY_MS = 5_000;

/**
 * Fills the cache by a dry run over everything, so that the first cycle is fast; tries again until the
 * lists can be read. What it says of images, the first cycle says again: here it is logged at debug.
 */
export async function warmUp(
  cycle: CycleParts,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  logger.info({}, "Warming up the cache");
  const options = { scope: "everything", dryRun: true, logger: quietened(logger), signal } as const;
  while (!signal.aborted) {
    try {
      const { counters } = await runCycle(cycle, options);
      if (signal.aborted) return;
      logger.info({}, `Finished cache warm-up for ${counters.applications} application(s)`);
      return;
    } catch (error) {
      if (signal.aborted) return;
      logger.error(
        {},
        `Could not warm up: ${error instanceof Error ? error.message : String(error)}`,
      );
      await cycle.clock.delay(RETRY_MS, signal);
    }
  }
}
