import { compareTagNames } from "../tags/compare-tag-names.js";
import { remarkOnUnusedConstraint } from "./remark-on-unused-constraint.js";
import type { UpdateStrategy } from "./update-strategy.js";

/**
 * Picks the last tag in byte order, `b` over `a` over `B` over `9`; the constraint is ignored, as in
 * Argo CD Image Updater.
 */
export const alphabeticalStrategy: UpdateStrategy = {
  name: "alphabetical",
  deprecatedNames: ["name"],
  needs: "names",
  constraint: "optional",
  identity: "tag",
  inspect: (context) => remarkOnUnusedConstraint("alphabetical", context),
  choose(candidates) {
    let [last] = candidates;
    for (const tag of candidates) {
      if (last !== undefined && compareTagNames(tag.name, last.name) > 0) last = tag;
    }
    return last === undefined
      ? { kind: "none", reason: "no tag is left to choose from" }
      : { kind: "chosen", tag: last };
  },
};
