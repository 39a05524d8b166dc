import type { Comparator, ComparatorOperator } from "./comparator.js";
import type { PrefixLength } from "./compare-versions.js";
import { IDENTIFIERS, parseVersion } from "./parse-version.js";

const PART = String.raw`[0-9xX*|]+`;

/**
 * Source of an expression for the version of a comparator, wildcards included; it has no named groups.
 *
 * A `|` is among the characters of a number, where no version can hold one: Masterminds/semver looks
 * for hyphen ranges before it splits at `||`, and so `1||2 - 3` starts its range at the first 1.
 */
export const COMPARATOR_VERSION: string = String.raw`v?${PART}(?:\.${PART})?(?:\.${PART})?(?:-${IDENTIFIERS})?(?:\+${IDENTIFIERS})?`;

const COMPARATOR_PARTS = new RegExp(
  String.raw`^v?(?<major>${PART})(?:\.(?<minor>${PART}))?(?:\.(?<patch>${PART}))?` +
    String.raw`(?<prerelease>-${IDENTIFIERS})?(?:\+${IDENTIFIERS})?$`,
  "u",
);

/** Every way to write an operator, longest first, so that the first match is the right one. */
export const OPERATORS: ReadonlyMap<string, ComparatorOperator> = new Map([
  ["!=", "!="],
  [">=", ">="],
  ["=>", ">="],
  ["<=", "<="],
  ["=<", "<="],
  ["~>", "~"],
  ["=", "="],
  [">", ">"],
  ["<", "<"],
  ["~", "~"],
  ["^", "^"],
  ["", "="],
]);

/**
 * Reads one comparator from its operator and its version text; `undefined` when a part is not a number.
 *
 * What stands after the first open part is ignored, as in `1.x.3`.
 */
export function parseComparator(operator: string, text: string): Comparator | undefined {
  const resolved = OPERATORS.get(operator);
  const parts = COMPARATOR_PARTS.exec(text)?.groups;
  if (resolved === undefined || parts === undefined) return undefined;
  const numbers = [parts["major"], parts["minor"], parts["patch"]];
  const fixed = fixedPrefix(numbers);
  const bound = parseVersion(fixed === 3 ? text : closeOpenParts(numbers, fixed, parts));
  return bound === undefined ? undefined : { operator: resolved, bound, fixed };
}

function fixedPrefix(numbers: readonly (string | undefined)[]): PrefixLength {
  const [major, minor, patch] = numbers;
  if (isOpen(major)) return 0;
  if (isOpen(minor)) return 1;
  return isOpen(patch) ? 2 : 3;
}

function isOpen(part: string | undefined): boolean {
  return part === undefined || part === "x" || part === "X" || part === "*";
}

function closeOpenParts(
  numbers: readonly (string | undefined)[],
  fixed: PrefixLength,
  parts: Readonly<Record<string, string | undefined>>,
): string {
  const closed = numbers.map((number, index) => (index < fixed ? (number ?? "0") : "0"));
  return closed.join(".") + (parts["prerelease"] ?? "");
}
