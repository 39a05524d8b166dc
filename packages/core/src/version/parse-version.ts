import { isNumericIdentifier, parseUint64 } from "./uint64.js";
import type { Version } from "./version.js";

/** Source of an expression for dot-separated identifiers, after a hyphen or a plus sign. */
export const IDENTIFIERS: string = String.raw`[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*`;
const VERSION = new RegExp(
  String.raw`^v?(?<major>[0-9]+)(?:\.(?<minor>[0-9]+))?(?:\.(?<patch>[0-9]+))?` +
    `(?:-(?<prerelease>${IDENTIFIERS}))?(?:\\+(?<metadata>${IDENTIFIERS}))?$`,
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
  const groups = VERSION.exec(tag)?.groups;
  if (groups === undefined) return undefined;
  const major = parseUint64(groups["major"] ?? "");
  const minor = parseUint64(groups["minor"] ?? "0");
  const patch = parseUint64(groups["patch"] ?? "0");
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  const prerelease = groups["prerelease"] ?? "";
  if (prerelease.split(".").some(hasLeadingZero)) return undefined;
  const metadata = groups["metadata"] ?? "";
  const fields = { original: tag, major, minor, patch, prerelease, metadata };
  const text = (): string => formatVersion(fields);
  return { ...fields, toString: text, toJSON: text };
}

function hasLeadingZero(identifier: string): boolean {
  return identifier.length > 1 && identifier.startsWith("0") && isNumericIdentifier(identifier);
}

function formatVersion(version: Omit<Version, "toString" | "toJSON" | "original">): string {
  const { major, minor, patch, prerelease, metadata } = version;
  const suffix = prerelease === "" ? "" : `-${prerelease}`;
  return `${major}.${minor}.${patch}${suffix}${metadata === "" ? "" : `+${metadata}`}`;
}
