import {
  formatDecisionReason,
  type Plan,
  type Updater,
  type UpdateReport,
} from "@image-updater/core";
import type { GitTestServer } from "@image-updater/writeback-git/testing";
import { expect } from "vitest";
import { readManifest, type ApplicationManifest } from "./application-manifest.js";
import { sync } from "./argo-cd.js";
import { repositoryNameOf } from "./repository-tree.js";

/** What the flow left behind. */
export interface Flow {
  readonly plan: Plan;
  /** Of the first cycle. */
  readonly report: UpdateReport;
  /** The Applications after the sync. */
  readonly synced: readonly ApplicationManifest[];
}

/**
 * The main job: plan, commit, sync, and a second cycle that finds everything up to date.
 *
 * What holds for every application is asserted here: a plan writes nothing, each application that has
 * updates gets one commit, and the second cycle asks for none.
 */
export async function runFlow(
  updater: Updater,
  git: GitTestServer,
  manifests: readonly ApplicationManifest[],
): Promise<Flow> {
  const before = await countCommits(git, manifests);
  const plan = await updater.plan(manifests.map((manifest) => readManifest(manifest)));
  expect(await countCommits(git, manifests)).toBe(before);

  const report = await updater.apply(plan);
  expect(problemsOf(report)).toEqual([]);
  const changed = plan.applications.filter(({ change }) => change !== undefined);
  expect(await countCommits(git, manifests)).toBe(before + changed.length);

  const synced = await Promise.all(manifests.map((manifest) => sync(git, manifest)));
  const second = await updater.run(synced.map((manifest) => readManifest(manifest)));
  const { applications, imagesConsidered } = report.counters;
  expect(second.counters).toEqual({
    applications,
    imagesConsidered,
    imagesSkipped: report.counters.imagesSkipped,
    imagesUpdated: 0,
    errors: 0,
  });
  expect(await countCommits(git, manifests)).toBe(before + changed.length);
  return { plan, report, synced };
}

/** What went wrong in a cycle, in words: a count of errors alone would not help whoever reads it. */
function problemsOf({ applications, counters }: UpdateReport): readonly string[] {
  if (counters.errors === 0) return [];
  return applications.flatMap(({ application, error, images }) => [
    ...(error === undefined ? [] : [`${application.name}: ${error.message}`]),
    ...images
      .filter(({ outcome }) => outcome === "error" || outcome === "waiting")
      .map(({ image, decision }) => `${image}: ${formatDecisionReason(decision.reason)}`),
  ]);
}

/** How many commits the repositories of the applications hold, on all branches together. */
export async function countCommits(
  git: GitTestServer,
  manifests: readonly ApplicationManifest[],
): Promise<number> {
  const names = new Set(manifests.map(({ spec }) => repositoryNameOf(spec.source.repoURL)));
  const counts = await Promise.all(
    [...names].map(async (name) => Number(await git.git(name, ["rev-list", "--all", "--count"]))),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
