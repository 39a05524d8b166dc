import type { Application } from "../application/application.js";
import { describeDiagnostic } from "../errors/diagnostic.js";
import { WriteBackError } from "../errors/write-back-error.js";
import type { CallOptions } from "../ports/cancel-signal.js";
import type { LogFields } from "../ports/logger.js";
import type { WriteResult } from "../ports/write-back-target.js";
import { branchOf, writeTargets } from "./call-targets.js";
import { createCycles, type Cycle } from "./cycle.js";
import { findLiveImages } from "./live-images.js";
import { applicationFields, logImage } from "./log-image.js";
import type { ApplicationPlan, Plan } from "./plan.js";
import { planApplication, type PlannedApplication } from "./plan-application.js";
import { buildReport, formatCounters, type UpdateReport } from "./report.js";
import { needsFiles, settlePlans } from "./settle-plan.js";
import { selectImages, type SelectedApplication } from "./select-images.js";
import { summarizeFailure } from "./summarize-failure.js";
import type { PlanOptions, RunOptions, Updater, UpdaterSettings } from "./updater.js";
import { createWriteBatches } from "./write-batches.js";
import { locationOf } from "./write-back-paths.js";

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
  const inCycle = createCycles(settings);
  return {
    plan(applications, options: PlanOptions = {}): Promise<Plan> {
      return inCycle("plan", options, (cycle) =>
        planCycle(cycle, applications, options.previews ?? true),
      );
    },
    async apply(plan, options: CallOptions = {}): Promise<UpdateReport> {
      refuseOtherContract(plan);
      return inCycle("write", options, (cycle) => applyPlan(cycle, plan));
    },
    run(applications, options: RunOptions = {}): Promise<UpdateReport> {
      return options.dryRun === true
        ? inCycle("dry-run", options, async (cycle) =>
            endDryRun(cycle, await planCycle(cycle, applications, false)),
          )
        : inCycle("write", options, (cycle) => writeWhileDeciding(cycle, applications));
    },
  };
}

async function planCycle(
  cycle: Cycle,
  applications: readonly Application[],
  previews: boolean,
): Promise<Plan> {
  const selected = beginCycle(cycle, applications);
  const planned = await Promise.all(decideEach(cycle, selected));
  const settled = previews ? await settlePlans(cycle, planned, { previews }) : planned;
  for (const [index, { plan }] of settled.entries()) logPlan(cycle, planned[index], plan);
  return planOf(
    cycle,
    settled.map(({ plan }) => plan),
  );
}

/** What is planned for an application in the end, and what became of it. */
interface Outcome {
  readonly plan: ApplicationPlan;
  readonly write?: WriteResult | undefined;
}

/** Each branch is written as soon as its applications are decided, or those that take long are late. */
async function writeWhileDeciding(
  cycle: Cycle,
  applications: readonly Application[],
): Promise<UpdateReport> {
  const selected = beginCycle(cycle, applications);
  const batches = createWriteBatches<PlannedApplication, Outcome>({
    clock: cycle.settings.clock,
    waitMs: cycle.batchWaitMs,
    write: (planned) => settleAndWrite(cycle, planned),
  });
  const branches = selected.map(({ application }) => branchOfApplication(application));
  for (const branch of branches) batches.expect(branch);
  const outcomes = await Promise.all(
    decideEach(cycle, selected).map(async (deciding, index): Promise<Outcome> => {
      const planned = await deciding;
      const isSettled = !needsFiles(cycle, planned);
      if (isSettled) logPlan(cycle, planned, planned.plan);
      const written = batches.settle(branches[index] ?? "", isSettled ? undefined : planned);
      return written ?? { plan: planned.plan };
    }),
  );
  const plan = planOf(
    cycle,
    outcomes.map((outcome) => outcome.plan),
  );
  return endCycle(
    cycle,
    plan,
    outcomes.map(({ write }) => write),
  );
}

/** Looks once at the files of all of them, and writes with one push what can take effect. */
function settleAndWrite(
  cycle: Cycle,
  planned: readonly PlannedApplication[],
): readonly Promise<Outcome>[] {
  const writing = settlePlans(cycle, planned, { previews: false }).then((settled) => {
    for (const [index, { plan }] of settled.entries()) logPlan(cycle, planned[index], plan);
    const pending = settled.flatMap(({ plan, failure }) =>
      plan.change === undefined || failure !== undefined ? [] : [plan],
    );
    const written = writePlans(cycle, pending);
    const results = new Map(pending.map((plan, index) => [plan, written[index]]));
    return settled.map(async ({ plan, failure }): Promise<Outcome> => {
      if (failure === undefined) return { plan, write: await results.get(plan) };
      const write = { kind: "failed", error: failure } as const;
      logWrite(cycle, plan, write);
      return { plan, write };
    });
  });
  return planned.map(async ({ plan }, index) => (await (await writing)[index]) ?? { plan });
}

function beginCycle(
  cycle: Cycle,
  applications: readonly Application[],
): readonly SelectedApplication[] {
  const selected = applications
    .filter((application) => isSupported(cycle, application))
    .flatMap((application) => selectImages(cycle, application) ?? []);
  const count = selected.length;
  const message = `Starting image update cycle, considering ${count} application(s) for update`;
  cycle.logger.info({}, message);
  cycle.observer.observe({ kind: "cycle-started", applications: count });
  return selected;
}

/** Every application as soon as what runs in it is known. None of the promises rejects. */
function decideEach(
  cycle: Cycle,
  selected: readonly SelectedApplication[],
): readonly Promise<PlannedApplication>[] {
  const live = findLiveImages(
    cycle,
    selected.map(({ application }) => application),
  );
  return selected.map(async (entry, index) =>
    planApplication(cycle, entry, (await live[index]) ?? { kind: "known", images: [] }),
  );
}

function planOf({ settings }: Cycle, applications: readonly ApplicationPlan[]): Plan {
  return { contract: "plan/1", createdAt: settings.clock.now().toISOString(), applications };
}

/** Where the application will be written to, if it is: known before anything is decided. */
function branchOfApplication(application: Application): string {
  const { name, namespace, writeBack: settings } = application;
  if (settings === undefined) return `${namespace}/${name}`;
  const location = locationOf(application, settings);
  // What hides a change of the Application stands in its own repository, which is read once for all.
  if (location === undefined) return `${settings.method} ${application.source.repositoryUrl}`;
  return branchOf({ application: { name, namespace }, settings, location });
}

/** Applications that Argo CD Image Updater cannot update are warned about and not counted. */
function isSupported(cycle: Cycle, application: Application): boolean {
  if (application.type !== "unsupported") return true;
  const message = `skipping app '${application.name}' because its source type is not supported; Helm, Kustomize and Plugin are`;
  cycle.logger.warn(applicationFields(cycle, application), message);
  return false;
}

function logPlan(
  cycle: Cycle,
  planned: PlannedApplication | undefined,
  plan: ApplicationPlan,
): void {
  const { logger } = cycle;
  if (planned !== undefined) {
    for (const image of plan.images) logImage(cycle, planned.application, image);
  }
  const fields = applicationFields(cycle, plan.application);
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
    cycle.logger.info(applicationFields(cycle, planned.application), message);
  }
  return endCycle(cycle, plan, []);
}

async function applyPlan(cycle: Cycle, plan: Plan): Promise<UpdateReport> {
  const pending = plan.applications.filter(({ change }) => change !== undefined);
  const results = writePlans(cycle, pending);
  const byPlan = new Map(pending.map((planned, index) => [planned, results[index]]));
  const writes = await Promise.all(plan.applications.map(async (planned) => byPlan.get(planned)));
  return endCycle(cycle, plan, writes);
}

/** Writes what is planned, and says of each what became of it as soon as that is known. */
function writePlans(
  cycle: Cycle,
  plans: readonly ApplicationPlan[],
): readonly Promise<WriteResult>[] {
  for (const planned of plans) {
    const { name } = planned.application;
    const message = `Committing ${countUpdates(planned)} parameter update(s) for application ${name}`;
    cycle.logger.info(applicationFields(cycle, planned.application), message);
  }
  const changes = plans.flatMap(({ change }) => change ?? []);
  const results = writeTargets(changes, cycle.targets);
  return plans.map(async (planned, index): Promise<WriteResult> => {
    const result = (await results[index]) ?? NOT_WRITTEN;
    logWrite(cycle, planned, result);
    return result;
  });
}

const NOT_WRITTEN: WriteResult = {
  kind: "failed",
  error: summarizeFailure(new TypeError("the change was not handed to any target")),
};

function countUpdates({ images }: Pick<ApplicationPlan, "images">): number {
  return images.filter(({ decision }) => decision.outcome === "update").length;
}

function logWrite(cycle: Cycle, { application }: ApplicationPlan, result: WriteResult): void {
  const { name, namespace } = application;
  const fields = applicationFields(cycle, application);
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
  fields: LogFields,
  { pullRequest, notes = [] }: Exclude<WriteResult, { readonly kind: "failed" }>,
): void {
  if (pullRequest !== undefined) {
    const { number, state, url } = pullRequest;
    logger.info(fields, `Pull request ${number} (${state}): ${url}`);
  }
  if (Array.isArray(notes)) for (const note of notes) logger.warn(fields, note);
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
