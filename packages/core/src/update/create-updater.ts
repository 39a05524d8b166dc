import type { Application } from "../application/application.js";
import { describeDiagnostic } from "../errors/diagnostic.js";
import { WriteBackError } from "../errors/write-back-error.js";
import type { CallOptions } from "../ports/cancel-signal.js";
import type { WriteResult } from "../ports/write-back-target.js";
import { mapBounded } from "./bounded.js";
import { writeTargets } from "./call-targets.js";
import { startCycle, type Cycle } from "./cycle.js";
import { findLiveImages } from "./live-images.js";
import type { ApplicationPlan, Plan } from "./plan.js";
import { planApplication } from "./plan-application.js";
import { addPreviews } from "./preview.js";
import { buildReport, formatCounters, type UpdateReport } from "./report.js";
import { selectImages } from "./select-images.js";
import { memoryFactsCache } from "./memory-facts-cache.js";
import type { PlanOptions, RunOptions, Updater, UpdaterSettings } from "./updater.js";

/**
 * Creates the updater: the program around the pure parts.
 *
 * Construction does no I/O. Between cycles nothing is kept but what the cache remembers.
 *
 * ```ts
 * const updater = createUpdater({ registries, writeBack, clock: systemClock() });
 * const plan = await updater.plan([application]);
 * const report = await updater.apply(plan);
 * ```
 */
export function createUpdater(settings: UpdaterSettings): Updater {
  const cache = settings.cache ?? memoryFactsCache();
  return {
    async plan(applications, options: PlanOptions = {}): Promise<Plan> {
      const cycle = startCycle(settings, cache, options);
      return planCycle(cycle, applications, options.previews ?? true);
    },
    async apply(plan, options: CallOptions = {}): Promise<UpdateReport> {
      refuseOtherContract(plan);
      return applyPlan(startCycle(settings, cache, options), plan);
    },
    async run(applications, options: RunOptions = {}): Promise<UpdateReport> {
      const cycle = startCycle(settings, cache, options);
      const plan = await planCycle(cycle, applications, false);
      return options.dryRun === true ? endDryRun(cycle, plan) : applyPlan(cycle, plan);
    },
  };
}

async function planCycle(
  cycle: Cycle,
  applications: readonly Application[],
  previews: boolean,
): Promise<Plan> {
  const selected = applications
    .filter((application) => isSupported(cycle, application))
    .flatMap((application) => selectImages(cycle, application) ?? []);
  const count = selected.length;
  const message = `Starting image update cycle, considering ${count} application(s) for update`;
  cycle.logger.info({}, message);
  cycle.observer.observe({ kind: "cycle-started", applications: count });
  const supported = selected.map(({ application }) => application);
  const live = await findLiveImages(cycle, supported);
  const planned = await mapBounded(selected, cycle.applicationConcurrency, (entry, index) =>
    planApplication(cycle, entry, live[index] ?? { kind: "known", images: [] }),
  );
  const plans = previews ? await addPreviews(cycle, planned, supported) : planned;
  for (const plan of plans) logPlan(cycle, plan);
  const createdAt = cycle.settings.clock.now().toISOString();
  return { contract: "plan/1", createdAt, applications: plans };
}

/** Applications that Argo CD Image Updater cannot update are warned about and not counted. */
function isSupported({ logger }: Cycle, { name, type }: Application): boolean {
  if (type !== "unsupported") return true;
  const message = `skipping app '${name}' because its source type is not supported; Helm, Kustomize and Plugin are`;
  logger.warn({ application: name }, message);
  return false;
}

function logPlan({ logger }: Cycle, plan: ApplicationPlan): void {
  const fields = { application: plan.application.name };
  for (const diagnostic of plan.diagnostics) {
    const text = describeDiagnostic(diagnostic);
    if (diagnostic.severity === "error") logger.error(fields, text);
    else if (diagnostic.severity === "warning") logger.warn(fields, text);
    else logger.info(fields, text);
  }
  if (plan.error?.code === "cancelled") {
    logger.info(fields, "Nothing is planned for the application: the cycle was told to stop");
  } else if (plan.error !== undefined) {
    logger.error(fields, `Could not plan the update of the application: ${plan.error.message}`);
  }
}

function refuseOtherContract({ contract }: Plan): void {
  if (contract === "plan/1") return;
  const message = `a plan of contract "${String(contract)}" cannot be applied; this version applies "plan/1"`;
  throw new WriteBackError("unsupported", message, { target: "plan" });
}

function endDryRun(cycle: Cycle, plan: Plan): UpdateReport {
  for (const { change, ...planned } of plan.applications) {
    if (change === undefined) continue;
    const message = `Dry run - not committing ${countUpdates(planned)} changes to application`;
    cycle.logger.info({ application: planned.application.name }, message);
  }
  return endCycle(cycle, plan, []);
}

async function applyPlan(cycle: Cycle, plan: Plan): Promise<UpdateReport> {
  const pending = plan.applications.flatMap((planned, index) =>
    planned.change === undefined ? [] : [{ planned, change: planned.change, index }],
  );
  for (const { planned } of pending) {
    const { name } = planned.application;
    const message = `Committing ${countUpdates(planned)} parameter update(s) for application ${name}`;
    cycle.logger.info({ application: name }, message);
  }
  const results = await writeTargets(
    pending.map(({ change }) => change),
    cycle.targets,
  );
  const writes: (WriteResult | undefined)[] = plan.applications.map(() => undefined);
  for (const [position, { planned, index }] of pending.entries()) {
    const result = results[position];
    if (result === undefined) continue;
    writes[index] = result;
    logWrite(cycle, planned, result);
  }
  return endCycle(cycle, plan, writes);
}

function countUpdates({ images }: Pick<ApplicationPlan, "images">): number {
  return images.filter(({ decision }) => decision.outcome === "update").length;
}

function logWrite(cycle: Cycle, { application }: ApplicationPlan, result: WriteResult): void {
  const { name, namespace } = application;
  const fields = { application: name };
  if (result.kind === "failed" && result.error.code === "cancelled") {
    cycle.logger.info(fields, "The update is not written: the cycle was told to stop");
  } else if (result.kind === "failed") {
    cycle.logger.error(fields, `Could not update application spec: ${result.error.message}`);
  } else if (result.kind === "unchanged") {
    cycle.logger.info(fields, "Nothing to write: the target already holds the update");
  } else {
    cycle.logger.info(fields, "Successfully updated the live application spec");
  }
  if (result.kind !== "failed") logWriteNotes(cycle, fields, result);
  const event = { application: `${namespace}/${name}`, result: result.kind };
  cycle.observer.observe({ kind: "change-written", ...event });
}

function logWriteNotes(
  { logger }: Cycle,
  fields: { readonly application: string },
  { pullRequest, notes = [] }: Exclude<WriteResult, { readonly kind: "failed" }>,
): void {
  if (pullRequest !== undefined) {
    const { number, state, url } = pullRequest;
    logger.info(fields, `Pull request ${number} (${state}): ${url}`);
  }
  for (const note of notes) logger.warn(fields, note);
}

function endCycle(
  cycle: Cycle,
  plan: Plan,
  writes: readonly (WriteResult | undefined)[],
): UpdateReport {
  const report = buildReport(plan, writes);
  cycle.logger.info({}, formatCounters(report.counters));
  cycle.observer.observe({ kind: "cycle-ended", errors: report.counters.errors });
  return report;
}
