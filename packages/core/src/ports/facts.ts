import type { ErrorSummary } from "../errors/image-updater-error.js";
import type { ImageTime, TagDetails } from "./registry-client.js";

/** One tag of the repository and what was read about it. */
export interface TagFact {
  readonly name: string;
  /** Absent when nobody asked; `unreadable` when the read failed, which forbids any choice. */
  readonly details?: TagDetails | UnreadableTag | undefined;
  /** The details are a memory or a vendor's word: to be confirmed before anybody acts on the tag. */
  readonly provisional?: boolean | undefined;
  /** `false` for a tag that was asked for by name and is not in the list of tags. Default `true`. */
  readonly listed?: boolean | undefined;
  /** A `refused` tag that may be let through another time: nothing older is chosen in its place. */
  readonly mayPass?: boolean | undefined;
  /** When a tag that is gone was built, where that was known before. */
  readonly was?: ImageTime | undefined;
}

/** A tag that exists as far as we know, but could not be read. */
export interface UnreadableTag {
  readonly kind: "unreadable";
  readonly error: ErrorSummary;
}

/** What is known about a repository: its tags, or why they are not known. Plain data. */
export type Facts =
  | { readonly kind: "tags"; readonly tags: readonly TagFact[] }
  | { readonly kind: "failed"; readonly error: ErrorSummary };
