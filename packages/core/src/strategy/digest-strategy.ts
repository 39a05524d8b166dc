import type { UpdateStrategy } from "./update-strategy.js";

const NO_CONSTRAINT =
  "the digest strategy needs the tag to follow after the image name, as in app:latest";

/**
 * Follows one mutable tag, named by the constraint, by the digest it points to.
 *
 * Without a constraint there is nothing to follow, which is an error, as in Argo CD Image Updater.
 */
export const digestStrategy: UpdateStrategy = {
  name: "digest",
  needs: "details",
  constraint: "only",
  identity: "digest",
  inspect({ constraint = "" }) {
    if (constraint !== "") return [];
    return [{ severity: "error", code: "invalid-constraint", where: {}, message: NO_CONSTRAINT }];
  },
  choose(candidates, { constraint = "" }) {
    if (constraint === "") return { kind: "invalid", reason: NO_CONSTRAINT };
    const rejected = candidates
      .filter(({ name }) => name !== constraint)
      .map(({ name }) => ({
        tag: name,
        reason: { code: "not-the-constraint-tag", constraint } as const,
      }));
    const followed = candidates.find(({ name }) => name === constraint);
    return followed === undefined
      ? { kind: "none", reason: `there is no tag ${constraint}`, rejected }
      : { kind: "chosen", tag: followed, rejected };
  },
};
