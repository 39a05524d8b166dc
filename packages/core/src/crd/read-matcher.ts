import { compileGlob } from "../tags/glob.js";
import type { ApplicationRef } from "./application-ref.js";
import type { Findings } from "./findings.js";
import { readLabelSelector } from "./label-selector.js";
import type { Mapping } from "./mapping.js";
import { readText } from "./read-values.js";
import { calculateSpecificity, isExactName, UNREADABLE_SPECIFICITY } from "./specificity.js";

/** Which Applications a reference is for. */
export interface Matcher extends Pick<ApplicationRef, "namePattern" | "specificity" | "matches"> {
  readonly isBroken: boolean;
}

/** The matcher of what is not a reference at all. */
export const MATCHES_ALL: Matcher = {
  namePattern: "",
  specificity: UNREADABLE_SPECIFICITY,
  matches: () => true,
  isBroken: true,
};

/**
 * Reads `namePattern`, a glob as Go's `filepath.Match` takes it, and `labelSelectors`.
 *
 * A pattern that a reference before has makes this one broken, since the API server takes each once.
 */
export function readMatcher(findings: Findings, ref: Mapping, taken: ReadonlySet<string>): Matcher {
  const { namePattern, matchesName, isTaken } = readPattern(findings, ref, taken);
  const { selector, isBroken } = readLabelSelector(findings, ref);
  const isReadable = matchesName !== undefined && !isBroken;
  // No selector can make a name less exact.
  const isExact = matchesName !== undefined && isExactName(namePattern);
  const specificity =
    isReadable || isExact
      ? calculateSpecificity(namePattern, selector?.requirements)
      : UNREADABLE_SPECIFICITY;
  return {
    namePattern,
    specificity,
    matches: ({ name, labels }) =>
      (matchesName?.(name) ?? true) && (selector?.matches(labels ?? {}) ?? true),
    isBroken: !isReadable || isTaken,
  };
}

interface ReadPattern {
  readonly namePattern: string;
  /** Undefined when the pattern cannot be read. */
  readonly matchesName: ((name: string) => boolean) | undefined;
  readonly isTaken: boolean;
}

function readPattern(findings: Findings, ref: Mapping, taken: ReadonlySet<string>): ReadPattern {
  const path = `${ref.path}.namePattern`;
  const text = readText(findings, ref, "namePattern");
  if (text?.value === undefined) {
    if (text === undefined) findings.report(path, `the pattern is missing; write ${GLOB_ADVICE}`);
    return { namePattern: "", matchesName: undefined, isTaken: false };
  }
  const namePattern = text.value;
  const glob = compileGlob(namePattern);
  if (glob === undefined) {
    const message = `"${namePattern}" is not a pattern; close every bracket and write ${GLOB_ADVICE}`;
    findings.report(path, message, { code: "invalid-name-pattern" });
  }
  if (namePattern === "") {
    const message = `the pattern is empty and matches no Application; write ${GLOB_ADVICE}`;
    findings.report(path, message, { severity: "warning", code: "invalid-name-pattern" });
  }
  const isTaken = taken.has(namePattern);
  if (isTaken) {
    const message = `the pattern "${namePattern}" stands in a reference before; each can stand once`;
    findings.report(path, message);
  }
  return { namePattern, matchesName: glob && ((name) => glob.matches(name)), isTaken };
}

const GLOB_ADVICE = 'a name, or a glob with "*", "?" and "[a-z]", as app-*';
