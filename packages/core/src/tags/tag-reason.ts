import type { ErrorSummary } from "../errors/image-updater-error.js";

/**
 * Why a tag was or was not chosen, as data; `formatTagReason` makes the sentence.
 *
 * Codes are API: add at the end, never rename one.
 */
export type TagReason =
  | { readonly code: "chosen" }
  | { readonly code: "not-newest"; readonly chosen: string }
  | { readonly code: "not-allowed"; readonly pattern: string }
  | { readonly code: "invalid-pattern"; readonly pattern: string; readonly problem: string }
  | { readonly code: "ignored"; readonly pattern: string }
  | { readonly code: "not-the-constraint-tag"; readonly constraint: string }
  | { readonly code: "not-a-version" }
  | { readonly code: "constraint-mismatch"; readonly constraint: string }
  | { readonly code: "prerelease-excluded"; readonly constraint: string }
  | { readonly code: "gone" }
  | { readonly code: "not-an-image"; readonly mediaType: string }
  | {
      readonly code: "no-platform";
      readonly wanted: readonly string[];
      readonly available: readonly string[];
    }
  | { readonly code: "no-date" }
  | { readonly code: "unreadable"; readonly error: ErrorSummary }
  | { readonly code: "not-described" }
  | { readonly code: "undecided" }
  | { readonly code: "strategy"; readonly text: string }
  | { readonly code: "refused"; readonly text: string }
  | { readonly code: "broken"; readonly text: string };
