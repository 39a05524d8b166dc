import { compareVersions, parseVersion, parseVersionConstraint } from "@image-updater/core";
import { record, text } from "../fields.js";
import type { RunCase } from "./area.js";

/** Versions and constraints by the rules of Masterminds/semver. */
export const versionAreas: Readonly<Record<string, RunCase>> = {
  "semver-check": (input) => {
    const { constraint, version } = record(input);
    const parsed = parseVersionConstraint(text(constraint)).value;
    return parsed === undefined
      ? { error: "invalid constraint" }
      : { match: parsed.matches(text(version)) };
  },
  "semver-parse": (input) => ({ normalized: parseVersion(text(input))?.toString() ?? null }),
  "constraint-check": (input) => check(input, false),
  "constraint-check-include-prerelease": (input) => check(input, true),
  "constraint-parse": (input) => {
    const { constraint } = record(input);
    return parseVersionConstraint(orAny(text(constraint))).value === undefined ? "error" : "ok";
  },
  "version-parse": (input) =>
    parseVersion(text(record(input)["version"])) === undefined ? "error" : "ok",
  "version-coerce": (input) => parseVersion(text(record(input)["version"]))?.toString() ?? "error",
  "version-compare": (input) => {
    const { a, b } = record(input);
    const left = parseVersion(text(a));
    const right = parseVersion(text(b));
    return left === undefined || right === undefined ? "error" : compareVersions(left, right);
  },
};

function check(input: unknown, includePrerelease: boolean): unknown {
  const { constraint, version } = record(input);
  const parsed = parseVersionConstraint(orAny(text(constraint))).value;
  if (parsed === undefined) return { error: "invalid constraint" };
  return parsed.matches(text(version), { includePrerelease });
}

/** These cases take an empty constraint as any version, as an image without a constraint is taken. */
function orAny(constraint: string): string {
  return constraint === "" ? "*" : constraint;
}
