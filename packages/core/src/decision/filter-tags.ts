import type { ImagePolicy } from "../policy/image-policy.js";
import type { TagReason } from "../tags/tag-reason.js";

/**
 * Why a tag's name alone excludes it; `undefined` for a candidate.
 *
 * A strategy that follows one tag has only the tag that the constraint names.
 */
export function excludedByName(policy: ImagePolicy, tag: string): TagReason | undefined {
  const verdict = policy.tags.explain(tag);
  if (verdict.kind === "rejected") return verdict.reason;
  const { constraint } = policy;
  if (policy.strategy.constraint === "only" && tag !== constraint) {
    return { code: "not-the-constraint-tag", constraint: constraint ?? "" };
  }
  return undefined;
}
