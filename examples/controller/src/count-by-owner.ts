import type { ApplicationReport } from "@image-updater/core";
import type { OwnerOf } from "./trigger.js";

/** What a cycle did for one ImageUpdater, or by annotations. */
export interface OwnerCounters {
  /** `namespace/name` of the ImageUpdater; undefined for annotations. */
  readonly owner: string | undefined;
  readonly applications: number;
  /** Images that were considered. */
  readonly images: number;
  readonly updated: number;
  readonly errors: number;
}

/** The counters of a report, apart for each owner; an owner without Applications has none. */
export function countByOwner(
  applications: readonly ApplicationReport[],
  ownerOf: OwnerOf,
): readonly OwnerCounters[] {
  const totals = new Map<string | undefined, OwnerCounters>();
  for (const report of applications) {
    const owner = ownerOf(report.application);
    const before = totals.get(owner) ?? { ...NOTHING, owner };
    totals.set(owner, add(before, report));
  }
  return [...totals.values()];
}

const NOTHING = { applications: 0, images: 0, updated: 0, errors: 0 };

function add(before: OwnerCounters, report: ApplicationReport): OwnerCounters {
  const { images, updated, errors } = countApplication(report);
  return {
    owner: before.owner,
    applications: before.applications + 1,
    images: before.images + images,
    updated: before.updated + updated,
    errors: before.errors + errors,
  };
}

/**
 * As the counters of the whole report: a failed write is one error and takes back the updates. What a
 * dry run would update is not updated.
 */
function countApplication({ images, error, write }: ApplicationReport): typeof NOTHING {
  const having = (...outcomes: readonly string[]): number =>
    images.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const failed = error !== undefined || write?.kind === "failed";
  return {
    applications: 1,
    images: images.length - having("not-live"),
    updated: failed || write === undefined ? 0 : having("update"),
    errors: having("error", "waiting") + (failed ? 1 : 0),
  };
}
