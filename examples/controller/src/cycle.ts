import { setMaxListeners } from "node:events";
import {
  createUpdater,
  describeDiagnostic,
  wasCancelled,
  type Clock,
  type Diagnostic,
  type FactsCache,
  type Logger,
  type ObservedEvent,
  type UpdateReport,
  type WriteBackTarget,
} from "@image-updater/core";
import type { Configuration } from "./configuration.js";
import { countByOwner } from "./count-by-owner.js";
import { openImageUpdaters } from "./image-updaters.js";
import type { Inventory } from "./inventory.js";
import type { ReadLiveSettings } from "./live-settings.js";
import { imagePlatform } from "./image-platform.js";
import type { Metrics } from "./metrics.js";
import { selectApplications, type Selection } from "./select-applications.js";
import { traceCycle, type CycleTracing } from "./tracing.js";
import { imagesIn, type Scope } from "./trigger.js";
import { withOwners } from "./with-owners.js";
import { writeToTheEnd } from "./write-to-the-end.js";

/** Everything a cycle works with. */
export interface CycleParts {
  readonly configuration: Pick<
    Configuration,
    "concurrency" | "commit" | "events" | "trustedNamespaces"
  >;
  readonly inventory: Inventory;
  readonly readSettings: ReadLiveSettings;
  readonly writeBack: readonly WriteBackTarget[];
  /** Which Applications are looked at for their annotations. */
  readonly filter: (manifest: unknown) => boolean;
  readonly cache: FactsCache;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** How one cycle runs. */
export interface CycleOptions {
  readonly scope: Scope;
  readonly dryRun: boolean;
  readonly logger: Logger;
  /** Ends reads and begins no write; a write that runs is finished. What it cuts short is not a failure. */
  readonly signal: AbortSignal;
  /** Nothing is written after it, and no write is tried again. Default never. */
  readonly lost?: AbortSignal | undefined;
}

/**
 * One cycle: reads settings, ImageUpdaters and Applications, updates, and leaves metrics, events and
 * statuses. What fails for one image or Application is in the report.
 *
 * Throws where there is nothing to report on: settings or lists that cannot be read.
 */
export async function runCycle(parts: CycleParts, options: CycleOptions): Promise<UpdateReport> {
  const { inventory, filter, metrics } = parts;
  const { scope, dryRun, logger, signal } = options;
  // Every call in flight listens to it.
  const { lost = new AbortController().signal } = options;
  setMaxListeners(0, signal, lost);
  const manifests = await inventory.applications.list({ signal });
  const updaters = await openImageUpdaters({ inventory, clock: parts.clock, logger, signal });
  const { statuses } = updaters;
  const selection = selectApplications(manifests, {
    claim: updaters.claim,
    filter,
    controllerNamespace: inventory.argoCdNamespace,
  });
  logDiagnostics(logger, [...updaters.diagnostics, ...selection.diagnostics]);
  if (!dryRun) {
    await updaters.release();
    await statuses.begin(scope);
  }
  try {
    const report = await traceCycle(scope, parts.clock, (tracing) =>
      update(parts, { ...options, lost }, selection, tracing),
    );
    if (dryRun) return report;
    const settled = signal.aborted ? withoutCancelled(report) : report;
    const counters = countByOwner(settled.applications, selection.ownerOf);
    metrics.record(counters, scope === "everything" && !signal.aborted);
    await recordEvents(parts, settled, logger);
    const end = signal.aborted ? statuses.stop : statuses.end;
    await end(scope, settled, selection.ownerOf);
    return report;
  } catch (error) {
    if (!dryRun && !signal.aborted) await statuses.fail(scope, error);
    if (!dryRun && signal.aborted) await statuses.stop(scope, NOTHING_DONE, selection.ownerOf);
    throw error;
  }
}

const NOTHING_DONE: Pick<UpdateReport, "applications"> = { applications: [] };

/** The report without what was cut short. */
function withoutCancelled(report: UpdateReport): UpdateReport {
  const applications = report.applications.map(({ error, ...rest }) => ({
    ...rest,
    images: rest.images.filter(({ decision }) => !wasCancelled(decision)),
    ...(error === undefined || error.code === "cancelled" ? {} : { error }),
  }));
  return { ...report, applications };
}

/** An event that cannot be made stops nobody. */
async function recordEvents(
  { configuration, inventory }: CycleParts,
  report: UpdateReport,
  logger: Logger,
): Promise<void> {
  if (!configuration.events) return;
  for (const { code, message } of await inventory.recordEvents(report)) {
    // Whose lease is over leaves no events.
    if (code === "cancelled") continue;
    logger.warn({}, `Could not record an event: ${message}`);
  }
}

async function update(
  { configuration, inventory, readSettings, writeBack, cache, clock, metrics }: CycleParts,
  { scope, dryRun, logger, signal, lost }: CycleOptions & { readonly lost: AbortSignal },
  selection: Selection,
  tracing: CycleTracing,
): Promise<UpdateReport> {
  const { registries, commitTemplate } = await readSettings({ signal });
  const observers = [metrics.observer, tracing.observer];
  // What an updater keeps is in the cache and in its parts; it may be made anew for each cycle.
  const updater = createUpdater({
    registriesConf: registries.configs,
    registries: registries.clients,
    writeBack: writeBack.map((target) => tracing.traceWrites(writeToTheEnd(target, lost))),
    clock,
    cache,
    controllerNamespace: inventory.argoCdNamespace,
    trustedNamespaces: configuration.trustedNamespaces,
    platform: imagePlatform(process.arch),
    concurrency: { applications: configuration.concurrency },
    commit: { template: commitTemplate, author: configuration.commit.author },
    logger: withOwners(logger, selection),
    observer: {
      observe(event: ObservedEvent): void {
        for (const observer of observers) observer.observe(event);
      },
    },
  });
  const only = imagesIn(scope, selection.ownerOf);
  return updater.run(selection.applications, { only, dryRun, signal });
}

function logDiagnostics(logger: Logger, diagnostics: readonly Diagnostic[]): void {
  for (const found of diagnostics) {
    const application = found.where.application?.split("/").at(-1);
    const level = found.severity === "warning" ? "warn" : found.severity;
    logger[level]({ application }, describeDiagnostic(found));
  }
}
