import { parseUint64 } from "./uint64.js";
import type { Version } from "./version.js";

/** How many leading numbers of two versions are compared. */
export type PrefixLength = 0 | 1 | 2 | 3;

/**
 * Orders two versions by the precedence of Semantic Versioning 2.0.0, section 11.
 *
 * Build metadata and the spelling (`v1`, `1.0.0`) do not count. As in Masterminds/semver, a prerelease
 * identifier is a number only when it is made of digits and fits 64 bits.
 */
export function compareVersions(left: Version, right: Version): -1 | 0 | 1 {
  const numbers = comparePrefixes(left, right, 3);
  return numbers === 0 ? comparePrereleases(left.prerelease, right.prerelease) : numbers;
}

/** Orders two versions by their first `length` numbers alone. */
export function comparePrefixes(left: Version, right: Version, length: PrefixLength): -1 | 0 | 1 {
  for (const part of PARTS.slice(0, length)) {
    const order = compareValues(left[part], right[part]);
    if (order !== 0) return order;
  }
  return 0;
}

const PARTS = ["major", "minor", "patch"] as const;

function comparePrereleases(left: string, right: string): -1 | 0 | 1 {
  if (left === right) return 0;
  if (left === "") return 1;
  if (right === "") return -1;
  const leftParts = left.split(".");
  const rightParts = right.split(".");
  for (const [index, leftPart] of leftParts.entries()) {
    const rightPart = rightParts[index];
    if (rightPart === undefined) return 1;
    const order = compareIdentifiers(leftPart, rightPart);
    if (order !== 0) return order;
  }
  return -1;
}

function compareIdentifiers(left: string, right: string): -1 | 0 | 1 {
  const leftNumber = parseUint64(left);
  const rightNumber = parseUint64(right);
  if (leftNumber !== undefined && rightNumber !== undefined) {
    return compareValues(leftNumber, rightNumber);
  }
  if (leftNumber !== undefined) return -1;
  if (rightNumber !== undefined) return 1;
  return compareValues(left, right);
}

function compareValues<Value extends bigint | string>(left: Value, right: Value): -1 | 0 | 1 {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
