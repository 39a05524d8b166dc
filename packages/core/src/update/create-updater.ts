import type { Application } from "../application/application.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { formatDiagnostic } from "../errors/diagnostic.js";
import type { CallOptions } from "../ports/cancel-signal.js";
import type { WriteBackChange, WriteResult } from "../ports/write-back-target.js";
import { mapBounded } from "./bounded.js";
import { writeTargets } from "./call-targets.js";
import { startCycle, type Cycle } from "./cycle.js";
import { findLiveImages } from "./live-images.js";
import type { ApplicationPlan, Plan } from "./plan.js";
import { planApplication } from "./plan-application.js";
import { addPreviews } from "./preview.js";
import { buildReport, formatCounters, type UpdateReport } from "./report.js";
import type { PlanOptions, RunOptions, Updater, UpdaterSettings } from "./updater.js";

/**
 * Creates the updater: the program around the pure parts.
 *
 * Construction does no I/O. Nothing is kept between cycles.
 *
 * ```ts
 * const updater = createUpdater({ registries, writeBack, clock: systemClock() });
 * const plan = await updater.plan([application]);
 * const report = await updater.apply(plan);
 * ```
 */
export function createUpdater(settings: UpdaterSettings): Updater {
  return {
    async plan(applications, options: PlanOptions = {}): Promise<Plan> {
      const cycle = startCycle(settings, options);
      return planCycle(cycle, applications, options.previews ?? true);
    },
    async apply(plan, options: CallOptions = {}): Promise<UpdateReport> {
      return applyPlan(startCycle(settings, options), plan);
    },
    async run(applications, options: RunOptions = {}): Promise<UpdateReport> {
      const cycle = startCycle(settings, options);
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
  const supported = applications.filter((application) => isSupported(cycle, application));
  const count = supported.length;
  cycle.logger.info(
    {},
    `Starting image update cycle, considering ${count} application(s) for update`,
  );
  cycle.observer.observe({ kind: "cycle-started", applications: count });
  const live = await findLiveImages(cycle, supported);
  const planned = await mapBounded(supported, cycle.applicationConcurrency, (application, index) =>
    planApplication(cycle, application, live[index] ?? { kind: "known", images: [] }),
  );
  const plans = previews ? await addPreviews(cycle, planned, supported) : planned;
  for (const plan of plans) logPlan(cycle, plan);
  return {
    contract: "plan/1",
    createdAt: cycle.settings.clock.now().toISOString(),
    applications: plans,
  };
}

/** Applications that Argo CD Image Updater cannot update are warned about and not counted. */
function isSupported(cycle: Cycle, application: Application): boolean {
  if (application.type !== "unsupported") return true;
  cycle.logger.warn(
    { application: application.name },
    "skipping app because its source type is not supported; Helm, Kustomize and Plugin are",
  );
  return false;
}

function logPlan({ logger }: Cycle, plan: ApplicationPlan): void {
  const fields = { application: plan.application.name };
  for (const diagnostic of plan.diagnostics) logDiagnostic(logger, fields, diagnostic);
  if (plan.error !== undefined) {
    logger.error(fields, `Could not plan the update of the application: ${plan.error.message}`);
  }
}

function logDiagnostic(
  logger: Cycle["logger"],
  fields: { readonly application: string },
  diagnostic: Diagnostic,
): void {
  const text = formatDiagnostic(diagnostic);
  if (diagnostic.severity === "error") logger.error(fields, text);
  else if (diagnostic.severity === "warning") logger.warn(fields, text);
  else logger.info(fields, text);
}

function endDryRun(cycle: Cycle, plan: Plan): UpdateReport {
  for (const { application, change } of plan.applications) {
    if (change === undefined) continue;
    const count = countChanges(plan, change);
    const message = `Dry run - not committing ${count} changes to application`;
    cycle.logger.info({ application: application.name }, message);
  }
  return endCycle(cycle, plan, []);
}

async function applyPlan(cycle: Cycle, plan: Plan): Promise<UpdateReport> {
  const pending = plan.applications.flatMap(({ change }, index) =>
    change === undefined ? [] : [{ change, index }],
  );
  for (const { change } of pending) {
    const { name } = change.application;
    const message = `Committing ${countChanges(plan, change)} parameter update(s) for application ${name}`;
    cycle.logger.info({ application: name }, message);
  }
  const results = await writeTargets(
    pending.map(({ change }) => change),
    cycle.targets,
  );
  const writes: (WriteResult | undefined)[] = plan.applications.map(() => undefined);
  for (const [position, { change, index }] of pending.entries()) {
    const result = results[position];
    if (result === undefined) continue;
    writes[index] = result;
    logWrite(cycle, change, result);
  }
  return endCycle(cycle, plan, writes);
}

function countChanges(plan: Plan, change: WriteBackChange): number {
  const planned = plan.applications.find((entry) => entry.change === change);
  return planned?.images.filter(({ decision }) => decision.outcome === "update").length ?? 0;
}

function logWrite(cycle: Cycle, change: WriteBackChange, result: WriteResult): void {
  const { name, namespace } = change.application;
  const fields = { application: name };
  if (result.kind === "failed") {
    cycle.logger.error(fields, `Could not update application spec: ${result.error.message}`);
  } else if (result.kind === "unchanged") {
    cycle.logger.info(fields, "Nothing to write: the target already holds the update");
  } else {
    cycle.logger.info(fields, "Successfully updated the live application spec");
  }
  const application = `${namespace}/${name}`;
  cycle.observer.observe({ kind: "change-written", application, result: result.kind });
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
