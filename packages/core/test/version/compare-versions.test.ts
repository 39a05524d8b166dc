import fc from "fast-check";
import semver from "semver";
import { describe, expect, it } from "vitest";
import { comparePrefixes, compareVersions } from "../../src/version/compare-versions.js";
import { parseVersion } from "../../src/version/parse-version.js";
import type { Version } from "../../src/version/version.js";
import { nearbyTags, strictVersions } from "./arbitrary-versions.js";
import { loadSemverVectors } from "./load-vectors.js";

function version(tag: string): Version {
  const parsed = parseVersion(tag);
  if (parsed === undefined) throw new Error(`not a version: ${tag}`);
  return parsed;
}

function compare(left: string, right: string): number {
  return compareVersions(version(left), version(right));
}

describe("compareVersions", () => {
  it("follows the example of the specification", () => {
    const ascending = [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
    ];
    const sorted = ascending.toReversed().toSorted((left, right) => compare(left, right));
    expect(sorted).toEqual(ascending);
  });

  it.each([
    ["v1", "1.0.0", 0],
    ["01.2.3", "1.2.3", 0],
    ["1.2.3+a", "1.2.3+b", 0],
    ["1.0.0-rc10", "1.0.0-rc9", -1],
    ["1.0.0-rc.10", "1.0.0-rc.9", 1],
    ["1.0.0-5", "1.0.0--5", -1],
    ["18446744073709551615.0.0", "18446744073709551614.9.9", 1],
    ["1.0.0-18446744073709551615", "1.0.0-9007199254740993", 1],
    // Beyond 64 bits an identifier is text: after every number, and in text order.
    ["1.0.0-18446744073709551616", "1.0.0-99999999999999999999", -1],
    ["1.0.0-18446744073709551616", "1.0.0-9", 1],
    ["1.0.0-A", "1.0.0-a", -1],
  ])("orders %s against %s: %i", (left, right, order) => {
    expect(compare(left, right)).toBe(order);
    expect(compare(right, left) + order).toBe(0);
  });

  it("is a total order", () => {
    fc.assert(
      fc.property(nearbyTags, nearbyTags, nearbyTags, (first, second, third) => {
        expect(compare(first, first)).toBe(0);
        expect(compare(first, second) + compare(second, first)).toBe(0);
        const ascending = compare(first, second) <= 0 && compare(second, third) <= 0;
        expect(!ascending || compare(first, third) <= 0).toBe(true);
      }),
    );
  });

  it("agrees with node-semver on strict versions", () => {
    fc.assert(
      fc.property(strictVersions, strictVersions, (left, right) => {
        expect(compare(left, right)).toBe(semver.compare(left, right));
      }),
    );
  });

  it("agrees with the library's own tests", () => {
    for (const { a, b, expected } of loadSemverVectors("version-compare")) {
      expect([a, b, compare(a, b)]).toEqual([a, b, expected]);
    }
  });
});

describe("comparePrefixes", () => {
  it.each([
    ["1.2.3", "2.0.0", 0, 0],
    ["1.2.3", "1.9.9", 1, 0],
    ["1.2.3", "1.3.0", 2, -1],
    ["1.2.3-rc1", "1.2.3", 3, 0],
  ] as const)("compares %s with %s by %i numbers: %i", (left, right, length, order) => {
    expect(comparePrefixes(version(left), version(right), length)).toBe(order);
  });
});
