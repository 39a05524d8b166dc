import {
  countApplications,
  formatDiagnostic,
  isImageUpdaterError,
  nextImageUpdaterStatus,
  parseImageReference,
  type ApplicationRef,
  type ApplicationReport,
  type BrokenRef,
  type Clock,
  type ImageUpdaterResource,
  type ImageUpdaterStatus,
  type Logger,
  type UpdateReport,
  type WrittenUpdate,
} from "@image-updater/core";
import type { Inventory } from "./inventory.js";
import { hasAllOf, type OwnerOf, type Scope } from "./trigger.js";

/** The statuses of ImageUpdater resources in one cycle. One that cannot be written stops nobody. */
export interface ImageUpdaterStatuses {
  /** Writes that a cycle began, where it looks at all images of a resource. */
  begin(scope: Scope): Promise<void>;
  /** Writes what the cycle did; of a resource that it saw a part of, only what it updated. */
  end(scope: Scope, report: Reported, ownerOf: OwnerOf): Promise<void>;
  /** Writes that the cycle was stopped, where it was said that it began, and what it updated before. */
  stop(scope: Scope, report: Reported, ownerOf: OwnerOf): Promise<void>;
  /** Writes why the cycle failed, where it was said that it began. */
  fail(scope: Scope, error: unknown): Promise<void>;
}

type Reported = Pick<UpdateReport, "applications">;

/** What writing statuses takes. */
export interface StatusParts {
  readonly inventory: Pick<Inventory, "saveStatus">;
  readonly clock: Pick<Clock, "now">;
  readonly logger: Logger;
}

/** The statuses of the resources that a cycle has read. */
export function createStatuses(
  resources: readonly ImageUpdaterResource[],
  parts: StatusParts,
): ImageUpdaterStatuses {
  const latest = new Map(resources.map((resource) => [keyOf(resource), resource.status]));

  async function save(change: ChangeStatus): Promise<void> {
    await Promise.all(
      resources.map(async (resource) => {
        const key = keyOf(resource);
        const status = change({ ...resource, status: latest.get(key) }, key);
        if (status === undefined) return;
        latest.set(key, status);
        await saveStatus(parts, resource, status);
      }),
    );
  }

  return {
    begin: (scope) =>
      save(({ status: previous, generation }, key) => {
        if (!hasAllOf(scope, key)) return undefined;
        const now = parts.clock.now();
        return nextImageUpdaterStatus({ phase: "started", previous, generation, now });
      }),
    end: (scope, report, ownerOf) =>
      save((resource, key) => {
        const reports = report.applications.filter((one) => ownerOf(one.application) === key);
        const status = endedStatus(resource, reports, parts.clock.now());
        return hasAllOf(scope, key) ? status : partialStatus(resource, reports, status);
      }),
    stop: (scope, report, ownerOf) =>
      save(({ status: previous, generation }, key) => {
        const reports = report.applications.filter((one) => ownerOf(one.application) === key);
        const updates = reports.flatMap(writtenUpdates);
        if (!hasAllOf(scope, key) && updates.length === 0) return undefined;
        const now = parts.clock.now();
        return nextImageUpdaterStatus({ phase: "stopped", previous, generation, updates, now });
      }),
    fail: (scope, error) =>
      save((resource, key) =>
        hasAllOf(scope, key) ? failedStatus(resource, error, parts.clock.now()) : undefined,
      ),
  };
}

type ChangeStatus = (resource: ImageUpdaterResource, key: string) => ImageUpdaterStatus | undefined;

/** How {@link OwnerOf} names a resource. */
export function keyOf({
  namespace,
  name,
}: Pick<ImageUpdaterResource, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

function endedStatus(
  { refs, status, generation }: ImageUpdaterResource,
  reports: readonly ApplicationReport[],
  now: Date,
): ImageUpdaterStatus {
  const counted = countApplications(reports);
  return nextImageUpdaterStatus({
    phase: "ended",
    previous: status,
    generation,
    now,
    applicationsMatched: counted.applications,
    imagesManaged: counted.imagesConsidered,
    imagesUpdated: counted.imagesUpdated,
    failedImages: counted.errors,
    updates: reports.flatMap(writtenUpdates),
    notDeployed: reports.flatMap(({ application, images }) =>
      images.filter(({ outcome }) => outcome === "not-deployed").map(() => keyOf(application)),
    ),
    brokenRefs: refs.flatMap(describeBroken),
  });
}

function failedStatus(
  { status, generation }: ImageUpdaterResource,
  error: unknown,
  now: Date,
): ImageUpdaterStatus {
  return nextImageUpdaterStatus({
    phase: "ended",
    previous: status,
    generation,
    now,
    error: error instanceof Error ? error.message : String(error),
    applicationsMatched: status?.applicationsMatched ?? 0,
    imagesManaged: status?.imagesManaged ?? 0,
    failedImages: 0,
    updates: [],
    brokenRefs: [],
  });
}

/** A cycle over a part knows of no other images than its own. */
function partialStatus(
  { status }: ImageUpdaterResource,
  reports: readonly ApplicationReport[],
  { lastUpdatedAt, recentUpdates }: ImageUpdaterStatus,
): ImageUpdaterStatus | undefined {
  const hasUpdates = reports.some((report) => writtenUpdates(report).length > 0);
  return hasUpdates ? { ...status, lastUpdatedAt, recentUpdates } : undefined;
}

function writtenUpdates({
  application,
  images,
  write,
}: ApplicationReport): readonly WrittenUpdate[] {
  if (write?.kind !== "written") return [];
  return images
    .filter(({ outcome }) => outcome === "update")
    .map(({ alias, image, decision }) => ({
      ...(alias === undefined ? {} : { alias }),
      image,
      ...versionBefore(decision.running),
      newVersion: decision.digest ?? decision.tag ?? "",
      application: keyOf(application),
    }));
}

function versionBefore(running = ""): Pick<WrittenUpdate, "oldVersion"> {
  const { digest, tag } = parseImageReference(running).value ?? {};
  const oldVersion = digest ?? tag;
  return oldVersion === undefined ? {} : { oldVersion };
}

function describeBroken({
  namePattern,
  settings,
  diagnostics,
}: ApplicationRef): readonly BrokenRef[] {
  if (settings.kind !== "broken") return [];
  const problem = diagnostics.find(({ severity }) => severity === "error");
  return [{ namePattern, message: problem === undefined ? "" : formatDiagnostic(problem) }];
}

/** Nobody reads the status of a resource that is gone, and whose lease is over writes none. */
function isMoot(error: unknown): boolean {
  return isImageUpdaterError(error) && (error.code === "cancelled" || error.code === "not-found");
}

async function saveStatus(
  { inventory, logger }: StatusParts,
  { namespace, name }: ImageUpdaterResource,
  status: ImageUpdaterStatus,
): Promise<void> {
  try {
    await inventory.saveStatus({ namespace, name }, status);
  } catch (error) {
    if (isMoot(error)) return;
    const fields = { imageUpdater_namespace: namespace, imageUpdater_name: name };
    logger.warn(fields, `Could not write the status: ${String(error)}`);
  }
}
