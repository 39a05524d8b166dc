import type { Version } from "./version.js";

/** How {@link VersionConstraint.matches} treats prereleases. */
export interface MatchOptions {
  /** Lets prereleases match although the constraint names none. Default `false`. */
  readonly includePrerelease?: boolean | undefined;
}

/** A constraint on versions, compiled: `1.x`, `>=1.2, <2 || ^3`. */
export interface VersionConstraint {
  /** The constraint, as it was written. */
  readonly text: string;
  /** Whether any of its alternatives names a prerelease, and so lets prereleases match. */
  readonly prereleases: boolean;
  /** The version, when the constraint is one full version: it can never move. */
  readonly exact?: string | undefined;
  /** Whether a tag satisfies the constraint; a tag that is not a version never does. */
  matches(tag: string | Version, options?: MatchOptions): boolean;
}
