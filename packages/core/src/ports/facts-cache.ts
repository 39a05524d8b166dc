import type { TagDetails } from "./registry-client.js";

/** Whose view of which repository: one user's private tags never serve another. */
export interface FactsScope {
  /** `host/path` of the repository and the API that answers for it. */
  readonly repository: string;
  /** The credentials that were used, as their reference; never their value. */
  readonly identity: string;
}

/** What a tag pointed to when it was last looked at. */
export interface RememberedTag {
  readonly digest: string;
  /** When that was, as ISO 8601. */
  readonly seenAt: string;
}

/**
 * Remembers what registries said, across cycles and, where an implementation keeps it, restarts.
 *
 * What a digest points to holds for good; what a tag points to is a memory that the updater checks
 * again before it acts on it. An implementation may forget anything at any time and bounds its size.
 * A failure is a miss: it never fails a decision.
 */
export interface FactsCache {
  /** Version of this contract. */
  readonly contract: "facts-cache/1";
  /** What a digest points to for the platforms. */
  readDetails(
    scope: FactsScope,
    digest: string,
    platforms: readonly string[],
  ): Promise<TagDetails | undefined>;
  writeDetails(
    scope: FactsScope,
    digest: string,
    platforms: readonly string[],
    details: TagDetails,
  ): Promise<void>;
  /** What a tag pointed to. */
  readTag(scope: FactsScope, tag: string): Promise<RememberedTag | undefined>;
  writeTag(scope: FactsScope, tag: string, remembered: RememberedTag): Promise<void>;
}
