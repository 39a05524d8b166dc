import type { TagReason } from "./tag-reason.js";

/** What the filter says about one tag. */
export type FilterVerdict =
  | { readonly kind: "accepted" }
  | { readonly kind: "rejected"; readonly reason: TagReason };

/** `allow-tags` and `ignore-tags`, compiled. */
export interface TagFilter {
  /** Whether the tag passes both. */
  test(tag: string): boolean;
  /** The same answer with its reason. */
  explain(tag: string): FilterVerdict;
}
