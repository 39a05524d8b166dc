import { runCycle, type CycleOptions, type CycleParts } from "./cycle.js";
import { formatTrigger } from "./trigger.js";

/** Runs a cycle. One that fails as a whole is logged; the next one comes at its time. */
export async function runLogged(cycle: CycleParts, options: CycleOptions): Promise<void> {
  const { scope, logger, signal } = options;
  for (const trigger of scope === "everything" ? [] : scope) {
    logger.info({}, `Cycle triggered by ${formatTrigger(trigger)}`);
  }
  try {
    await runCycle(cycle, options);
  } catch (error) {
    if (signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    logger.error({}, `Could not run the cycle: ${message}`);
  }
}
