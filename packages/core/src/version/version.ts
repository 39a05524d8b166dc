/**
 * A version as Argo CD Image Updater reads it from a tag.
 *
 * Numbers are as large as 64 bits allow, missing parts are 0; the text that was read is kept in
 * `original`.
 */
export interface Version {
  /** The tag, as it was written. */
  readonly original: string;
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Identifiers after the hyphen, `beta.5`; empty for a release. */
  readonly prerelease: string;
  /** Identifiers after the plus sign; never compared. */
  readonly metadata: string;
  /** Normalized: `1.2.0-beta.5+meta` for `v1.2-beta.5+meta`. */
  toString(): string;
  /** The normalized text: JSON has no numbers of 64 bits. */
  toJSON(): string;
}
