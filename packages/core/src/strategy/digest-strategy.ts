import { quoteText } from "../errors/wording.js";
import type { UpdateStrategy } from "./update-strategy.js";

const NO_CONSTRAINT =
  "the digest strategy needs the tag to follow after the image name, as in app:latest";

/** What a registry takes as a tag. */
const TAG = /^\w[\w.-]{0,127}$/u;

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
    if (TAG.test(constraint)) return [];
    const message = constraint === "" ? NO_CONSTRAINT : notOneTag(constraint);
    return [{ severity: "error", code: "invalid-constraint", where: {}, message }];
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
      ? { kind: "none", reason: missingTag(constraint), rejected }
      : { kind: "chosen", tag: followed, rejected };
  },
};

function missingTag(constraint: string): string {
  return TAG.test(constraint) ? `there is no tag ${constraint}` : notOneTag(constraint);
}

function notOneTag(constraint: string): string {
  return (
    `${quoteText(constraint)} cannot be the name of a tag, and the digest strategy follows exactly one; ` +
    "write its name, as app:latest, or choose among tags with newest-build and allow-tags"
  );
}
