import { compareTagNames } from "../tags/compare-tag-names.js";
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
  choose(candidates) {
    const [last] = candidates.toSorted((left, right) => compareTagNames(right.name, left.name));
    return last === undefined
      ? { kind: "none", reason: "no tag is left to choose from" }
      : { kind: "chosen", tag: last };
  },
};
