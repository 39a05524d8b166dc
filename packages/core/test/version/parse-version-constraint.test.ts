import fc from "fast-check";
import semver from "semver";
import { describe, expect, it } from "vitest";
import { hasErrors } from "../../src/errors/diagnostic.js";
import { parseVersionConstraint } from "../../src/version/parse-version-constraint.js";
import { parseVersion } from "../../src/version/parse-version.js";
import type { MatchOptions } from "../../src/version/version-constraint.js";
import { releases } from "./arbitrary-versions.js";
import { loadSemverVectors, loadUpstreamVectors } from "./load-vectors.js";
import { runsOf } from "../../../../test/setup/whole.js";

function matches(text: string, tag: string, options?: MatchOptions): boolean | "invalid" {
  return parseVersionConstraint(text).value?.matches(tag, options) ?? "invalid";
}

/** Which of the tags, separated by blanks, match. */
function matching(text: string, tags: string, options?: MatchOptions): string {
  const kept = tags.split(" ").filter((tag) => matches(text, tag, options) === true);
  return kept.join(" ");
}

describe("parseVersionConstraint", () => {
  it.each([
    ["1.2.3", "1.2.2 1.2.3 v1.2.3 1.2.3+b 1.2.4", "1.2.3 v1.2.3 1.2.3+b"],
    ["v1.2.3", "1.2.2 1.2.3", "1.2.3"],
    ["=1.2", "1.1.9 1.2 1.2.9 1.3.0", "1.2 1.2.9"],
    ["1", "0.9 1 1.9.9 2.0", "1 1.9.9"],
    ["1.X", "1.0.0 2.0.0", "1.0.0"],
    ["1.x.3", "1.5.4 2.0.3", "1.5.4"],
    ["x.99999999999999999999.|", "0.0.0 7.8.9", "0.0.0 7.8.9"],
    ["2024.01.x", "2024.01.5 2024.1.6 2024.2.0", "2024.01.5 2024.1.6"],
    ["*", "0.0.0 9.9.9", "0.0.0 9.9.9"],
    ["!=1.2.3", "1.2.3 1.2.4", "1.2.4"],
    ["!=1.2", "1.2.3 1.3.0 2.2.0", "1.3.0 2.2.0"],
    ["!=1.x", "1.2.3 2.0.0", "2.0.0"],
    ["!=*", "0.0.0 0.0.1 1.0.0", "0.0.1 1.0.0"],
    [">1", "1.0.0 1.5.0 2.0.0", "2.0.0"],
    [">1.2", "1.2.5 1.3.0 2.0.0", "1.3.0 2.0.0"],
    [">1.2.3", "1.2.3 1.2.4", "1.2.4"],
    [">*", "0.0.0 0.0.1", "0.0.1"],
    [">=1.2", "1.1.9 1.2.0", "1.2.0"],
    ["=>1.2", "1.1.9 1.2.0", "1.2.0"],
    ["<1.x", "0.9.9 1.0.0", "0.9.9"],
    ["<1.2", "1.1.9 1.2.0", "1.1.9"],
    ["<=1.x", "1.9.9 2.0.0", "1.9.9"],
    ["<=1.2", "1.2.9 1.3.0 0.9.0", "1.2.9 0.9.0"],
    ["=<1.2.3", "1.2.3 1.2.4", "1.2.3"],
    ["<=*", "0.0.9 0.1.0 1.0.0", "0.0.9"],
    ["~1", "0.9.0 1.9.0 2.0.0", "1.9.0"],
    ["~1.2", "1.2.9 1.3.0", "1.2.9"],
    ["~>1.2.3", "1.2.2 1.2.3 1.2.9 1.3.0", "1.2.3 1.2.9"],
    ["~*", "0.0.0 3.0.0", "0.0.0 3.0.0"],
    ["~0.0.0", "0.0.0 3.0.0", "0.0.0 3.0.0"],
    ["~0.0", "0.0.9 0.1.0", "0.0.9"],
    ["^1.2.3", "1.2.2 1.2.3 1.9.0 2.0.0", "1.2.3 1.9.0"],
    ["^0", "0.0.1 0.9.0 1.0.0", "0.0.1 0.9.0"],
    ["^0.2", "0.2.0 0.2.9 0.3.0", "0.2.0 0.2.9"],
    ["^0.0", "0.0.9 0.1.0", "0.0.9"],
    ["^0.0.x", "0.0.9 0.1.0", "0.0.9"],
    ["^0.0.3", "0.0.2 0.0.3 0.0.4", "0.0.3"],
    ["^*", "0.0.0 0.0.1 1.0.0", "0.0.0"],
  ])("%s takes of %j only %j", (text, tags, expected) => {
    expect(matching(text, tags)).toBe(expected);
  });

  it.each([
    [">=1.0, <2.0", "0.9 1.0 1.9 2.0", "1.0 1.9"],
    [">=1.0,<2.0", "0.9 1.0 1.9 2.0", "1.0 1.9"],
    ["  >= 1.0   <2.0\t!= 1.5.0 ", "0.9 1.0 1.5.0 1.9 2.0", "1.0 1.9"],
    ["1.x || 3.x", "1.0 2.0 3.0", "1.0 3.0"],
    ["1||3", "1.0 2.0 3.0", "1.0 3.0"],
    ["1.0 - 2.0", "0.9 1.0 2.0.9 2.1", "1.0 2.0.9"],
    ["1.0.0 - 2.0.0 <1.5 || 4", "1.0 1.5 4.2", "1.0 4.2"],
    ["1 - 2 || 4 - 5", "0.9 2.9 3.0 4.0 5.1 6.0", "2.9 4.0 5.1"],
    // The range is found before the alternatives are split: >=1, or 2 and <=3.
    ["1||2 - 3", "0.9 1.0 9.0", "1.0 9.0"],
    ["1.1-3", "1.1.0 1.2.0 3.0.0", "1.1.0"],
  ])("%s combines to take of %j only %j", (text, tags, expected) => {
    expect(matching(text, tags)).toBe(expected);
  });

  it.each([
    ["*", "1.0.0-rc1", ""],
    ["<2.0.0", "1.0.0-rc1 2.0.0-rc1", ""],
    ["!=1.0.0", "2.0.0-rc1", ""],
    ["*-0", "1.0.0-rc1", "1.0.0-rc1"],
    ["2.x-0", "2.1.0-rc1 3.0.0-rc1", "2.1.0-rc1"],
    ["~1.2-0", "1.2.0-rc1 1.3.0-rc1", "1.2.0-rc1"],
    ["^1.2.3-beta.2", "1.2.3-beta.1 1.2.3-beta.2 1.2.4-beta.2", "1.2.3-beta.2 1.2.4-beta.2"],
    [">1.0.0-alpha <2.0.0", "1.9.0-rc1 2.0.0-rc1 2.0.0", "1.9.0-rc1 2.0.0-rc1"],
    [">=1.0.0 <2.0.0-0", "1.5.0-rc1 2.0.0-rc1", "1.5.0-rc1"],
    ["<2.0.0 || >=3.0.0-0", "1.5.0-rc1 3.0.0-rc1", "3.0.0-rc1"],
    ["!=4.1-alpha", "4.1.0-alpha 4.1.1-alpha 4.1.0-beta 4.1.0", "4.1.0-beta 4.1.0"],
    ["1.0.0-0", "1.0.0-rc 1.0.0-0", "1.0.0-0"],
  ])("%s lets of the prereleases %j only %j in", (text, tags, expected) => {
    expect(matching(text, tags)).toBe(expected);
  });

  it("lets prereleases in when asked to", () => {
    const tags = "1.9.0-rc1 2.0.0-rc1 1.9.0";
    expect(matching("<2", tags, { includePrerelease: true })).toBe(tags);
    expect(matching("^2", tags, { includePrerelease: true })).toBe("");
    expect(matching("<2", tags, { includePrerelease: false })).toBe("1.9.0");
  });

  it.each([
    "",
    " ",
    "latest",
    "12.3.34~ 1.2.3",
    "1.2.3.4",
    "1.2.3,",
    ",1.2.3",
    "1.0,,2.0",
    "1.0 |",
    "1 || ",
    "||",
    "|||",
    "1|2",
    "<>1.0",
    ">",
    "1 - ",
    "1 - 2 - 3",
    ">=1.0 - 2.0",
    "V1.0",
    "1.xx",
    "1x",
    "1.2.3-01",
    "1.2.3-",
    "18446744073709551616",
    "1.0\u00A0<2.0",
    "1.0\v<2.0",
  ])("refuses %j", (text) => {
    const { value, diagnostics } = parseVersionConstraint(text);
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: "error", code: "invalid-constraint" }]);
  });

  it("refuses a text that is longer than any real constraint", () => {
    expect(matches(`1.0${" || 1.0".repeat(500)}`, "1.0")).toBe(true);
    expect(matches(`1.0${" || 1.0".repeat(600)}`, "1.0")).toBe("invalid");
  });

  it.each([" ", "1 ", "1-", "1.", "1||"])("ends on a long run of %j", (unit) => {
    expect(matches(`${unit.repeat(Math.floor(4000 / unit.length))}!`, "1.0")).toBe("invalid");
  });

  it("names the alternative that is wrong", () => {
    const [diagnostic] = parseVersionConstraint("1.x || latest").diagnostics;
    expect(diagnostic?.message).toContain('"1.x || latest" is not a version constraint: "latest"');
  });

  it.each([
    ["1.2.3", "1.2.3"],
    ["= v1.2.3-rc1", "v1.2.3-rc1"],
    ["v1.2", undefined],
    [">=1.2.3", undefined],
    ["1.2.3 || 1.2.4", undefined],
  ])("says whether %s is one version for good: %s", (text, exact) => {
    expect(parseVersionConstraint(text).value?.exact).toBe(exact);
  });

  it.each([
    ["1.x", false],
    ["1.x || >2-0", true],
  ])("says whether %s names a prerelease: %s", (text, prereleases) => {
    expect(parseVersionConstraint(text).value).toMatchObject({ text, prereleases });
  });

  it("matches no tag that is not a version, and takes a parsed one", () => {
    expect(matches("*", "latest")).toBe(false);
    const version = parseVersion("1.2.3");
    expect(version && parseVersionConstraint("1.x").value?.matches(version)).toBe(true);
  });

  it("never throws", () => {
    const texts = fc.string({ unit: fc.constantFrom(..."01.xX*v-+=!<>~^|, ab\n".split("")) });
    fc.assert(
      fc.property(texts, (text) => {
        const { value, diagnostics } = parseVersionConstraint(text);
        expect(hasErrors(diagnostics)).toBe(value === undefined);
      }),
    );
  });
});

describe("parseVersionConstraint against its references", () => {
  it("agrees with node-semver where the languages are the same", () => {
    const operator = fc.constantFrom("", "=", ">", "<", ">=", "<=", "~", "^");
    const small = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)).map((parts) => parts.join("."));
    const partial = fc.tuple(fc.nat(2), fc.nat(2)).map((parts) => parts.join("."));
    const bound = fc.oneof(small, partial, releases);
    // The library gives ~0.0.0 no upper end.
    const term = fc
      .tuple(operator, bound)
      .map((parts) => parts.join(""))
      .filter((text) => text !== "~0.0.0");
    const alternative = fc.array(term, { minLength: 1, maxLength: 3 });
    const constraint = fc
      .array(
        alternative.map((terms) => terms.join(" ")),
        { minLength: 1, maxLength: 2 },
      )
      .map((alternatives) => alternatives.join(" || "));
    fc.assert(
      fc.property(constraint, fc.oneof(small, releases), (text, tag) => {
        expect(matches(text, tag)).toBe(semver.satisfies(tag, text));
      }),
      { numRuns: runsOf(1000) },
    );
  });

  it("agrees with the library's own tests", () => {
    for (const { constraint, version, expected } of loadSemverVectors("constraint-check")) {
      // Those tests hand single comparators to an inner function, which takes an empty one for `*`.
      const actual = matches(constraint === "" ? "*" : constraint, version);
      expect([constraint, version, actual]).toEqual([constraint, version, expected]);
    }
    for (const vector of loadSemverVectors("constraint-check-include-prerelease")) {
      const { constraint, version, expected } = vector;
      const actual = matches(constraint, version, { includePrerelease: true });
      expect([constraint, version, actual]).toEqual([constraint, version, expected]);
    }
    for (const { constraint, expected } of loadSemverVectors("constraint-parse")) {
      const { value } = parseVersionConstraint(constraint);
      expect([constraint, value !== undefined]).toEqual([constraint, expected === "ok"]);
    }
  });

  it("agrees with upstream", () => {
    type Input = { constraint: string; version: string };
    type Expected = { match?: boolean; error?: string };
    for (const { id, input, expected } of loadUpstreamVectors<Input, Expected>("semver-check")) {
      const actual = matches(input.constraint, input.version);
      expect([id, actual]).toEqual([id, expected.match ?? "invalid"]);
    }
  });
});
