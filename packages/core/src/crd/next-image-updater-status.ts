import type { ImageUpdaterStatus, RecentUpdate, StatusCondition } from "./image-updater-status.js";

/** What a status is made of, whichever end of a cycle it is for. */
interface CycleBase {
  /** The status as it stands; fields that nothing is known about are kept. */
  readonly previous?: ImageUpdaterStatus | undefined;
  /** Generation of the resource that the cycle is about. */
  readonly generation?: number | undefined;
  readonly now: Date;
}

/** A cycle began. */
export interface StartedCycle extends CycleBase {
  readonly phase: "started";
}

/** A cycle was told to stop before it had looked at everything: what it did not see stays as it was. */
export interface StoppedCycle extends CycleBase {
  readonly phase: "stopped";
  readonly updates: readonly WrittenUpdate[];
}

/** A cycle ended, with what it did. */
export interface EndedCycle extends CycleBase {
  readonly phase: "ended";
  /** Why the cycle could not do its work at all. */
  readonly error?: string | undefined;
  readonly applicationsMatched: number;
  readonly imagesManaged: number;
  /** Images that were updated, as the report counts them; default those of `updates`. */
  readonly imagesUpdated?: number | undefined;
  /** Errors, as the report counts them: of images, and of writes. */
  readonly failedImages: number;
  readonly updates: readonly WrittenUpdate[];
  /** Applications (`namespace/name`) of images that are written and not deployed. Default: none. */
  readonly notDeployed?: readonly string[] | undefined;
  readonly brokenRefs: readonly BrokenRef[];
}

/** An image that was updated in an Application. */
export interface WrittenUpdate {
  readonly alias?: string | undefined;
  /** The image without its tag. */
  readonly image: string;
  readonly oldVersion?: string | undefined;
  readonly newVersion: string;
  /** `namespace/name` of the Application. */
  readonly application: string;
}

/** A reference whose Applications were left alone. */
export interface BrokenRef {
  readonly namePattern: string;
  /** What is wrong with it. */
  readonly message: string;
}

/**
 * The status that follows a cycle's start or end, with the conditions and reasons of Argo CD Image
 * Updater: `Reconciling`, `Error` and `Ready`.
 *
 * A broken reference is of our own: `Error` is True and `Ready` False for `InvalidApplicationRef`,
 * since only somebody who edits the resource can help. Conditions of other types are kept, and a
 * condition's transition time moves only with its status. Times are written in whole seconds.
 */
export function nextImageUpdaterStatus(
  cycle: StartedCycle | StoppedCycle | EndedCycle,
): ImageUpdaterStatus {
  const { previous = {}, generation } = cycle;
  const now = formatTime(cycle.now);
  const news = conditionsOf(cycle);
  const conditions = news.reduce(
    (all, outcome) => setCondition(all, outcome, generation, now),
    previous.conditions ?? [],
  );
  if (cycle.phase === "started") return { ...previous, conditions };
  const { updates } = cycle;
  const updated =
    updates.length === 0 ? {} : { lastUpdatedAt: now, recentUpdates: group(updates, now) };
  if (cycle.phase === "stopped") return { ...previous, ...updated, conditions };
  const { applicationsMatched, imagesManaged } = cycle;
  return {
    ...previous,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastCheckedAt: now,
    applicationsMatched,
    imagesManaged,
    ...updated,
    conditions,
  };
}

type Outcome = Pick<StatusCondition, "type" | "status" | "reason" | "message">;

const RECONCILING: Outcome = {
  type: "Reconciling",
  status: "True",
  reason: "Reconciling",
  message: "Looking for new images.",
};

const IDLE: Outcome = {
  type: "Reconciling",
  status: "False",
  reason: "Idle",
  message: "The last check is done; the next one is to come.",
};

const STOPPED: Outcome = {
  ...IDLE,
  message: "The last check was stopped before its end; the next one is to come.",
};

function conditionsOf(cycle: StartedCycle | StoppedCycle | EndedCycle): readonly Outcome[] {
  if (cycle.phase === "started") return [RECONCILING];
  return cycle.phase === "stopped" ? [STOPPED] : endConditions(cycle);
}

function endConditions(cycle: EndedCycle): readonly Outcome[] {
  const { error, failedImages, brokenRefs } = cycle;
  const failures = `${failedImages} error(s)`;
  if (error !== undefined) {
    return [IDLE, failed("ReconcileError", error), unready("ReconcileFailed", error)];
  }
  if (brokenRefs.length > 0) {
    const broken = brokenRefs.map(({ namePattern, message }) => `"${namePattern}": ${message}`);
    const list = `${broken.length} of applicationRefs cannot be used: ${broken.join("; ")}`;
    const message = failedImages === 0 ? list : `${failures}, and ${list}`;
    const reason = "InvalidApplicationRef";
    return [IDLE, failed(reason, message), unready(reason, `${summarize(cycle)}; ${list}`)];
  }
  if (failedImages > 0) {
    const done = ready("ReconcileCompletedWithErrors", `${summarize(cycle)}, and ${failures}.`);
    return [IDLE, failed("PartialErrors", `${failures}; the log and events say why.`), done];
  }
  const clear: Outcome = {
    type: "Error",
    status: "False",
    reason: "NoErrors",
    message: "The last check met no error.",
  };
  return [IDLE, clear, ready("ReconcileSucceeded", `${summarize(cycle)}.`)];
}

/** In the numbers of the log's line of results. */
function summarize(cycle: EndedCycle): string {
  const { applicationsMatched, updates, imagesUpdated, notDeployed = [] } = cycle;
  const updated = imagesUpdated ?? updates.length;
  const done = `Checked ${applicationsMatched} application(s), updated ${updated} image(s)`;
  if (notDeployed.length === 0) return done;
  const where = listSome(new Set(notDeployed), MOST_APPLICATIONS);
  return `${done}; ${notDeployed.length} image(s) of ${where} are written but not deployed`;
}

const MOST_APPLICATIONS = 10;

function failed(reason: string, message: string): Outcome {
  return { type: "Error", status: "True", reason, message };
}

function ready(reason: string, message: string): Outcome {
  return { type: "Ready", status: "True", reason, message };
}

function unready(reason: string, message: string): Outcome {
  return { type: "Ready", status: "False", reason, message };
}

/** What Kubernetes takes as the message of a condition. */
const LONGEST_MESSAGE = 32_768;

function setCondition(
  conditions: readonly StatusCondition[],
  outcome: Outcome,
  generation: number | undefined,
  now: string,
): readonly StatusCondition[] {
  const before = conditions.find(({ type }) => type === outcome.type);
  const isSame = before?.status === outcome.status && before.lastTransitionTime !== "";
  const condition: StatusCondition = {
    ...outcome,
    message: outcome.message.slice(0, LONGEST_MESSAGE),
    lastTransitionTime: isSame ? before.lastTransitionTime : now,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  if (before === undefined) return [...conditions, condition];
  return conditions.map((one) => (one.type === outcome.type ? condition : one));
}

/** One entry for each image and version, in order, with the number of Applications it was written in. */
function group(updates: readonly WrittenUpdate[], now: string): readonly RecentUpdate[] {
  const groups = new Map<string, WrittenUpdate[]>();
  for (const update of updates) {
    const key = JSON.stringify([update.alias ?? update.image, update.newVersion]);
    groups.set(key, [...(groups.get(key) ?? []), update]);
  }
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [describeGroup(first, others, now)],
  );
}

function describeGroup(
  first: WrittenUpdate,
  others: readonly WrittenUpdate[],
  now: string,
): RecentUpdate {
  const { alias, image, newVersion } = first;
  const all = [first, ...others];
  const from = describeOld(new Set(all.flatMap(({ oldVersion }) => oldVersion ?? [])));
  const applications = new Set(all.map(({ application }) => application));
  return {
    alias: alias ?? image,
    image,
    newVersion,
    applicationsUpdated: applications.size,
    updatedAt: now,
    message: `Updated${from} to ${newVersion}.`,
  };
}

/** Where Applications ran different versions, the first few of them. */
function describeOld(versions: ReadonlySet<string>): string {
  return versions.size === 0 ? "" : ` from ${listSome(versions, MOST_OLD_VERSIONS)}`;
}

/** The first few, and how many more. */
function listSome(texts: ReadonlySet<string>, most: number): string {
  const named = [...texts].slice(0, most);
  const rest = texts.size - named.length;
  if (rest > 0) named.push(`${rest} more`);
  const last = named.pop() ?? "";
  return named.length === 0 ? last : `${named.join(", ")} and ${last}`;
}

const MOST_OLD_VERSIONS = 3;

/** As Kubernetes writes times. */
function formatTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/u, "Z");
}
