import { memoryFactsCache, type Clock, type Logger, type UpdateReport } from "@image-updater/core";
import { createApplicationFilter } from "./application-filter.js";
import type { Configuration } from "./configuration.js";
import { runCycle, type CycleParts } from "./cycle.js";
import type { Inventory } from "./inventory.js";
import type { Leadership } from "./leadership.js";
import { createLiveSettings } from "./live-settings.js";
import type { Metrics } from "./metrics.js";
import { runLogged } from "./run-logged.js";
import { createScheduler, type Scheduler } from "./schedule.js";
import { startServers, type Servers } from "./servers.js";
import { warmUp } from "./warm-up.js";
import { watchChanges } from "./watch-changes.js";
import { createWriteBack } from "./write-back.js";

/** What a controller is made of; the host's part of it comes from outside. */
export interface ControllerParts {
  readonly configuration: Configuration;
  readonly inventory: Inventory;
  readonly leadership: Leadership;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** From 0 up to 1: draws out intervals. */
  readonly random: () => number;
}

/** A controller that runs. */
export interface RunningController {
  /** Ports the servers listen on; of those that are off, undefined. */
  readonly ports: Servers["ports"];
  /** Ends when the controller does: after `stop`, or with what it could not go on without. */
  readonly finished: Promise<void>;
  /** Begins nothing new, finishes the write that runs, and closes the servers. */
  stop(): Promise<void>;
}

/** Runs one cycle and answers what it did. */
export async function runOnce(parts: ControllerParts, signal: AbortSignal): Promise<UpdateReport> {
  const { configuration, logger } = parts;
  const { dryRun } = configuration;
  return runCycle(await prepareCycle(parts), { scope: "everything", dryRun, logger, signal });
}

/** Starts servers, warms up, and runs cycles while it leads. */
export async function startController(parts: ControllerParts): Promise<RunningController> {
  const { configuration, logger, clock, random } = parts;
  const { dryRun } = configuration;
  const ending = new AbortController();
  const state: State = {
    isLeading: false,
    readiness: "warming up",
    lost: new AbortController().signal,
  };
  const cycle = await prepareCycle(parts);
  const scheduler = createScheduler({
    ...configuration.schedule,
    clock,
    random,
    run: (scope, signal) => runLogged(cycle, { scope, dryRun, logger, signal, lost: state.lost }),
  });
  const servers = await startServers({
    ...parts,
    readiness: () => ({ isReady: state.readiness === "ready", reason: state.readiness }),
    isLeading: () => state.isLeading,
    onTrigger: scheduler.trigger,
  });
  const finished = live(parts, { state, cycle, scheduler, servers, signal: ending.signal });
  return {
    ports: servers.ports,
    finished,
    async stop(): Promise<void> {
      state.readiness = "stopping";
      ending.abort();
      await finished;
    },
  };
}

/** What the servers say of the controller. */
interface State {
  isLeading: boolean;
  readiness: "warming up" | "ready" | "stopping";
  /** Aborted when the lead is lost that was won last. */
  lost: AbortSignal;
}

/** A controller that was started. */
interface Started {
  readonly state: State;
  readonly cycle: CycleParts;
  readonly scheduler: Scheduler;
  readonly servers: Servers;
  readonly signal: AbortSignal;
}

async function live(parts: ControllerParts, started: Started): Promise<void> {
  const { state, cycle, servers, signal } = started;
  try {
    if (parts.configuration.warmUp) await warmUp(cycle, parts.logger, signal);
    if (!signal.aborted) state.readiness = "ready";
    await parts.leadership.lead((leading, lost) => work(parts, started, leading, lost), signal);
  } finally {
    state.readiness = "stopping";
    await servers.close();
  }
}

async function work(
  { inventory, logger, clock }: ControllerParts,
  { state, scheduler }: Started,
  signal: AbortSignal,
  lost: AbortSignal,
): Promise<void> {
  state.isLeading = true;
  state.lost = lost;
  const watching = watchChanges(inventory, { onTrigger: scheduler.trigger, logger, clock, signal });
  try {
    await scheduler.start(signal);
    await watching;
  } finally {
    state.isLeading = false;
  }
}

async function prepareCycle(parts: ControllerParts): Promise<CycleParts> {
  const readSettings = createLiveSettings(parts);
  // What is wrong from the start ends the controller before anything else begins.
  await readSettings({});
  return {
    ...parts,
    readSettings,
    writeBack: await createWriteBack(parts),
    filter: createApplicationFilter(parts.configuration.match),
    cache: memoryFactsCache(),
  };
}
