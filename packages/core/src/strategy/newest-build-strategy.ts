import type { Diagnostic } from "../errors/diagnostic.js";
import { compareTagNames } from "../tags/compare-tag-names.js";
import { compareImageTimes } from "./compare-image-times.js";
import { parseImageTime } from "./parse-image-time.js";
import type { StrategyRejection, TagCandidate, UpdateStrategy } from "./update-strategy.js";

const FIRST_CONTAINER_IMAGES = "2013-01-01T00:00:00Z";

/**
 * Picks the tag whose image was built last, whatever its name; the constraint is ignored.
 *
 * Among equal times the last name in byte order wins, as in Argo CD Image Updater.
 */
export const newestBuildStrategy: UpdateStrategy = {
  name: "newest-build",
  deprecatedNames: ["latest"],
  needs: "details",
  constraint: "optional",
  identity: "tag",
  requiresDate: true,
  choose(candidates) {
    const dated = candidates.filter((candidate) => hasUsableTime(candidate));
    const rejected: readonly StrategyRejection[] = candidates
      .filter((candidate) => !hasUsableTime(candidate))
      .map(({ name }) => ({ tag: name, reason: { code: "no-date" } }));
    const [newest] = dated.toSorted((left, right) => compareBuilds(right, left));
    return newest === undefined
      ? { kind: "none", reason: "no tag has a usable build date", rejected }
      : { kind: "chosen", tag: newest, rejected, remarks: remarkOnFixedDate(newest) };
  },
};

function hasUsableTime(candidate: TagCandidate): boolean {
  return parseImageTime(timeOf(candidate)) !== undefined;
}

function timeOf({ details }: TagCandidate): string {
  return details?.created?.at ?? "";
}

/** A date from before there were container images is one that the build tool sets on every image. */
function remarkOnFixedDate({ name, details }: TagCandidate): readonly Diagnostic[] {
  const created = details?.created;
  if (created?.source !== "image-config") return [];
  if (compareImageTimes(created.at, FIRST_CONTAINER_IMAGES) >= 0) return [];
  const message =
    `the build date of ${name} is ${created.at}, as reproducible builds set it: dates do not tell ` +
    "which tag is newest, only names do; use semver or alphabetical";
  return [{ severity: "warning", code: "reproducible-build-date", where: {}, message }];
}

function compareBuilds(left: TagCandidate, right: TagCandidate): number {
  const order = compareImageTimes(timeOf(left), timeOf(right));
  return order === 0 ? compareTagNames(left.name, right.name) : order;
}
