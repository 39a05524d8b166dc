import { isNumericIdentifier, parseUint64 } from "./uint64.js";
import type { Version } from "./version.js";

/** Source of an expression for dot-separated identifiers, after a hyphen or a plus sign. */
export const IDENTIFIERS: string = String.raw`[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*`;
/** Captures major, minor, patch, prerelease and metadata: by place, since a list has a million tags. */
const VERSION = new RegExp(
  `^v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${IDENTIFIERS}))?(?:\\+(${IDENTIFIERS}))?$`,
  "u",
);

/**
 * Reads a tag as a version, as leniently as Masterminds/semver's `NewVersion`; `undefined` when it is
 * none.
 *
 * A lower-case `v`, one or two parts only, and leading zeros in the numbers are accepted; a numeric
 * prerelease identifier with a leading zero, a fourth part and a number over 64 bits are not.
 */
export function parseVersion(tag: string): Version | undefined {
  const found = VERSION.exec(tag);
  if (found === null) return undefined;
  const major = parseUint64(found[1] ?? "");
  const minor = parseUint64(found[2] ?? "0");
  const patch = parseUint64(found[3] ?? "0");
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  const prerelease = found[4] ?? "";
  if (prerelease !== "" && prerelease.split(".").some(hasLeadingZero)) return undefined;
  const metadata = found[5] ?? "";
  const text = (): string => formatVersion({ major, minor, patch, prerelease, metadata });
  return { original: tag, major, minor, patch, prerelease, metadata, toString: text, toJSON: text };
}

function hasLeadingZero(identifier: string): boolean {
  return identifier.length > 1 && identifier.startsWith("0") && isNumericIdentifier(identifier);
}

function formatVersion(version: Omit<Version, "toString" | "toJSON" | "original">): string {
  const { major, minor, patch, prerelease, metadata } = version;
  const suffix = prerelease === "" ? "" : `-${prerelease}`;
  return `${major}.${minor}.${patch}${suffix}${metadata === "" ? "" : `+${metadata}`}`;
}
