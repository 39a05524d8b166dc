import type { Comparator, ComparatorOperator } from "./comparator.js";
import { comparePrefixes, compareVersions, type PrefixLength } from "./compare-versions.js";
import type { Version } from "./version.js";

type Rule = (version: Version, comparator: Comparator) => boolean;

const RULES: Readonly<Record<ComparatorOperator, Rule>> = {
  "=": (version, comparator) =>
    comparator.fixed === 3
      ? compareVersions(version, comparator.bound) === 0
      : isAtLeast(version, comparator) && isNear(version, comparator),
  "!=": isUnequal,
  ">": isAbove,
  ">=": isAtLeast,
  "<": (version, { bound }) => compareVersions(version, bound) < 0,
  "<=": isAtMost,
  "~": (version, comparator) => isAtLeast(version, comparator) && isNear(version, comparator),
  "^": (version, comparator) => isAtLeast(version, comparator) && isCompatible(version, comparator),
};

/**
 * Whether a version lies in the range of one comparator, as Masterminds/semver 3.4 decides it.
 *
 * Prereleases are ordinary versions here: whether they may match at all is a matter of the whole group
 * of comparators.
 */
export function satisfiesComparator(version: Version, comparator: Comparator): boolean {
  return RULES[comparator.operator](version, comparator);
}

function isAtLeast(version: Version, { bound }: Comparator): boolean {
  return compareVersions(version, bound) >= 0;
}

/** `>1.2` starts after all of 1.2: at 1.3.0. */
function isAbove(version: Version, { bound, fixed }: Comparator): boolean {
  if (fixed === 1 || fixed === 2) return comparePrefixes(version, bound, fixed) > 0;
  return compareVersions(version, bound) > 0;
}

/** `<=1.2` takes all of 1.2. The library reads `<=*` as `<=0.0`. */
function isAtMost(version: Version, { bound, fixed }: Comparator): boolean {
  if (fixed === 3) return compareVersions(version, bound) <= 0;
  return comparePrefixes(version, bound, fixed === 1 ? 1 : 2) <= 0;
}

/** `!=1.2` shuts out all of 1.2, but of its prereleases only the one that the comparator names. */
function isUnequal(version: Version, { bound, fixed }: Comparator): boolean {
  if (fixed === 0 || fixed === 3) return compareVersions(version, bound) !== 0;
  if (comparePrefixes(version, bound, fixed) !== 0) return true;
  return fixed === 2 && version.prerelease !== bound.prerelease;
}

/** The upper end of `~`; `~0.0.0` has none in the library. */
function isNear(version: Version, { bound, fixed }: Comparator): boolean {
  if (fixed === 3 && bound.major === 0n && bound.minor === 0n && bound.patch === 0n) return true;
  return comparePrefixes(version, bound, fixed === 3 ? 2 : fixed) === 0;
}

/** The upper end of `^`: nothing up to the first number that is not 0 may change. */
function isCompatible(version: Version, { bound, fixed }: Comparator): boolean {
  return comparePrefixes(version, bound, compatiblePrefix(bound, fixed)) === 0;
}

function compatiblePrefix(bound: Version, fixed: PrefixLength): PrefixLength {
  if (bound.major > 0n || fixed === 1) return 1;
  return bound.minor > 0n || fixed === 2 ? 2 : 3;
}
