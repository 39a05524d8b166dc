import type { ErrorSummary } from "../errors/image-updater-error.js";

/**
 * Why an image came out as it did, as data; `formatDecisionReason` makes the sentence.
 *
 * Codes are API: add at the end, never rename one.
 */
export type DecisionReason =
  | { readonly code: "other-tag"; readonly from: string; readonly to: string }
  | { readonly code: "other-digest"; readonly from: string; readonly to: string }
  | { readonly code: "other-name"; readonly from: string; readonly to: string }
  | { readonly code: "same-tag"; readonly tag: string }
  | { readonly code: "same-digest"; readonly digest: string }
  | { readonly code: "no-candidates"; readonly tags: number }
  | { readonly code: "none-matches"; readonly text: string }
  | {
      readonly code: "not-live";
      /** The name of a running image that comes near, as it is written there. */
      readonly meant?: string | undefined;
    }
  | { readonly code: "invalid-settings"; readonly text: string }
  | { readonly code: "facts-failed"; readonly error: ErrorSummary }
  | {
      readonly code: "unreadable-tags";
      readonly tags: readonly string[];
      readonly error: ErrorSummary;
    }
  | { readonly code: "incomplete-facts"; readonly tags: readonly string[] }
  | { readonly code: "internal"; readonly error: ErrorSummary }
  | { readonly code: "already-in-spec"; readonly image: string }
  | { readonly code: "foreign-secret-namespace"; readonly reference: string }
  | { readonly code: "verification-unavailable"; readonly image: string }
  | { readonly code: "uncertain-tags"; readonly tags: readonly string[]; readonly text: string }
  | {
      readonly code: "credentials-not-allowed";
      readonly reference: string;
      readonly namespace: string;
    }
  | {
      readonly code: "shared-place";
      /** The image itself first, then some of the others. */
      readonly images: readonly string[];
      /** Whether there are others than those. */
      readonly isMore: boolean;
      /** As a person reads them: `Helm parameter "image.tag"`. */
      readonly places: readonly string[];
      /** The settings that say where an image is written: `helm.image-tag`. */
      readonly settings: readonly string[];
      /** Annotations of such settings whose alias no image has. */
      readonly unused: readonly string[];
    }
  | { readonly code: "no-effect"; readonly text: string }
  | { readonly code: "not-deployed"; readonly image: string };
