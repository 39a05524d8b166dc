import { systemClock } from "@image-updater/core/system";
import { readConfiguration, type Configuration } from "./configuration.js";
import { runOnce, startController, type ControllerParts } from "./controller.js";
import { formatFlags, readFlags, UsageError } from "./flags.js";
import { createLogger } from "./logging.js";
import { createMetrics } from "./metrics.js";
import { openInventory } from "./open-inventory.js";

process.exitCode = await main(process.argv.slice(2), process.env);

/** Runs until it is told to stop; answers the exit code. */
async function main(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  try {
    if (readFlags(args, environment).text("help") === "true") {
      console.log(formatFlags());
      return 0;
    }
    const configuration = readConfiguration(args, environment);
    return await run(configuration);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(configuration: Configuration): Promise<number> {
  const clock = systemClock();
  const logger = createLogger({
    ...configuration.logging,
    clock,
    write: (line) => process.stderr.write(`${line}\n`),
  });
  for (const warning of configuration.warnings) logger.warn({}, warning);
  const metrics = createMetrics();
  const host = { configuration, metrics, logger, clock, random: Math.random };
  const parts = { ...host, ...(await openInventory(host)) };
  return configuration.once ? runSingle(parts) : runUntilStopped(parts);
}

async function runSingle(parts: ControllerParts): Promise<number> {
  const ending = new AbortController();
  onStopSignal(() => ending.abort());
  const { counters } = await runOnce(parts, ending.signal);
  return counters.errors > 0 ? 1 : 0;
}

async function runUntilStopped(parts: ControllerParts): Promise<number> {
  const controller = await startController(parts);
  onStopSignal((name) => {
    parts.logger.info({}, `${name}: stopping; a write that runs is finished first`);
    controller.stop().catch(() => undefined);
  });
  await controller.finished;
  return 0;
}

/** The first signal asks to stop; the next one ends the process at once, as it does by default. */
function onStopSignal(stop: (name: string) => void): void {
  const names = ["SIGTERM", "SIGINT"] as const;
  const onSignal = (name: string): void => {
    for (const other of names) process.off(other, onSignal);
    stop(name);
  };
  for (const name of names) process.on(name, onSignal);
}
