import type { Diagnostic } from "../errors/diagnostic.js";
import { compareTagNames } from "../tags/compare-tag-names.js";
import { compareImageTimes } from "./compare-image-times.js";
import { parseImageTime } from "./parse-image-time.js";
import { remarkOnUnusedConstraint } from "./remark-on-unused-constraint.js";
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
  inspect: (context) => remarkOnUnusedConstraint("newest-build", context),
  choose(candidates) {
    let newest: Dated | undefined;
    for (const tag of candidates) {
      const at = parseImageTime(timeOf(tag));
      if (at !== undefined) newest = later(newest, { tag, at });
    }
    const rejections = (): readonly StrategyRejection[] =>
      candidates
        .filter((tag) => parseImageTime(timeOf(tag)) === undefined)
        .map(({ name }) => ({ tag: name, reason: { code: "no-date" } }));
    if (newest === undefined) {
      return {
        kind: "none",
        reason: "no tag has a usable build date",
        get rejected() {
          return rejections();
        },
      };
    }
    return {
      kind: "chosen",
      tag: newest.tag,
      remarks: remarkOnFixedDate(newest.tag),
      get rejected() {
        return rejections();
      },
    };
  },
};

/** A candidate with its time, in nanoseconds since 1970. */
interface Dated {
  readonly tag: TagCandidate;
  readonly at: bigint;
}

function later(known: Dated | undefined, dated: Dated): Dated {
  if (known === undefined || dated.at > known.at) return dated;
  const isLast = dated.at === known.at && compareTagNames(dated.tag.name, known.tag.name) > 0;
  return isLast ? dated : known;
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
