import type { Parsed } from "../errors/diagnostic.js";
import { quoteText } from "../errors/wording.js";
import type { Comparator } from "./comparator.js";
import { COMPARATOR_VERSION, OPERATORS, parseComparator } from "./parse-comparator.js";
import { parseVersion } from "./parse-version.js";
import { satisfiesComparator } from "./satisfies-comparator.js";
import type { MatchOptions, VersionConstraint } from "./version-constraint.js";
import type { Version } from "./version.js";

/** Comparators that must all hold. */
interface Alternative {
  readonly comparators: readonly Comparator[];
  /** Whether a comparator names a prerelease, which opens all of them to prereleases. */
  readonly prereleases: boolean;
}

/** Far more than any registry's tags need; bounds the work that a hostile text can ask for. */
const LONGEST_CONSTRAINT = 4096;

const BLANK = String.raw`[\t\n\f\r ]`;
const HYPHEN_RANGE = new RegExp(
  `${BLANK}*(${COMPARATOR_VERSION})${BLANK}+-${BLANK}+(${COMPARATOR_VERSION})${BLANK}*`,
  "gu",
);
const OPERATOR_SOURCE = [...OPERATORS.keys()].map(escapeOperator).join("|");
const TERM = new RegExp(`(${OPERATOR_SOURCE})${BLANK}*(${COMPARATOR_VERSION})`, "uy");
const SEPARATOR = new RegExp(`${BLANK}*,${BLANK}*|${BLANK}+`, "uy");
const SURROUNDING_BLANKS = new RegExp(`^${BLANK}+|(?<!${BLANK})${BLANK}+$`, "gu");

/**
 * Compiles a version constraint in the language of Masterminds/semver 3.4, which Argo CD Image Updater
 * uses.
 *
 * Commas and blanks mean "and", `||` means "or". A prerelease matches only where its alternative names
 * one, as `>=1.0-0`. An empty text is an error here: no constraint is the caller's `*`.
 */
export function parseVersionConstraint(text: string): Parsed<VersionConstraint> {
  if (text.length > LONGEST_CONSTRAINT) {
    return invalid(`the constraint is longer than ${LONGEST_CONSTRAINT} characters`);
  }
  const alternatives: Alternative[] = [];
  for (const part of text.replace(HYPHEN_RANGE, ">= $1, <= $2 ").split("||")) {
    const comparators = parseComparators(part.replace(SURROUNDING_BLANKS, ""));
    if (comparators === undefined) return invalid(describeProblem(text, part));
    const prereleases = comparators.some(({ bound }) => bound.prerelease !== "");
    alternatives.push({ comparators, prereleases });
  }
  return { value: createConstraint(text, alternatives), diagnostics: [] };
}

function invalid(message: string): Parsed<VersionConstraint> {
  return {
    value: undefined,
    diagnostics: [{ severity: "error", code: "invalid-constraint", where: {}, message }],
  };
}

function describeProblem(text: string, part: string): string {
  const advice = "write versions such as 1.2.3, 1.x, ~1.2, ^1.2 or >=1.2 <2";
  if (text === "")
    return `an empty text is not a version constraint: ${advice}, or * for any release`;
  const wrong = part.trim();
  // A hyphen range is no longer there as it was written.
  const isQuotable = wrong !== text.trim() && text.includes(wrong);
  const place = isQuotable ? `: ${quoteText(wrong)} is wrong` : "";
  return `${quoteText(text)} is not a version constraint${place}; ${advice}`;
}

/** All comparators of one alternative; `undefined` unless they make up the whole text. */
function parseComparators(text: string): readonly Comparator[] | undefined {
  const comparators: Comparator[] = [];
  let position = 0;
  while (position < text.length) {
    const [term, operator, version] = matchAt(TERM, text, position) ?? [];
    if (term === undefined || operator === undefined || version === undefined) return undefined;
    const comparator = parseComparator(operator, version);
    if (comparator === undefined) return undefined;
    comparators.push(comparator);
    position += term.length;
    if (position === text.length) return comparators;
    const separator = matchAt(SEPARATOR, text, position)?.[0];
    if (separator === undefined) return undefined;
    position += separator.length;
  }
  return undefined;
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}

function createConstraint(text: string, alternatives: readonly Alternative[]): VersionConstraint {
  return {
    text,
    prereleases: alternatives.some(({ prereleases }) => prereleases),
    exact: exactVersion(alternatives),
    matches(tag: string | Version, options: MatchOptions = {}): boolean {
      const version = typeof tag === "string" ? parseVersion(tag) : tag;
      if (version === undefined) return false;
      return alternatives.some(
        ({ comparators, prereleases }) =>
          (version.prerelease === "" || prereleases || options.includePrerelease === true) &&
          comparators.every((comparator) => satisfiesComparator(version, comparator)),
      );
    },
  };
}

function exactVersion(alternatives: readonly Alternative[]): string | undefined {
  const [comparator, ...others] = alternatives.flatMap(({ comparators }) => comparators);
  if (comparator === undefined || others.length > 0) return undefined;
  return comparator.operator === "=" && comparator.fixed === 3
    ? comparator.bound.original
    : undefined;
}

function escapeOperator(operator: string): string {
  return operator.replace("^", String.raw`\^`);
}
