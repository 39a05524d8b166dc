import { countApplications, type ApplicationReport } from "@image-updater/core";
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
  const groups = new Map<string | undefined, ApplicationReport[]>();
  for (const report of applications) {
    const owner = ownerOf(report.application);
    const group = groups.get(owner);
    if (group === undefined) groups.set(owner, [report]);
    else group.push(report);
  }
  return [...groups].map(([owner, reports]) => {
    const counted = countApplications(reports);
    return {
      owner,
      applications: counted.applications,
      images: counted.imagesConsidered,
      updated: counted.imagesUpdated,
      errors: counted.errors,
    };
  });
}
