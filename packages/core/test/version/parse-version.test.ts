import fc from "fast-check";
import semver from "semver";
import { describe, expect, it } from "vitest";
import { parseVersion } from "../../src/version/parse-version.js";
import { nearbyTags, strictVersions } from "./arbitrary-versions.js";
import { loadSemverVectors, loadUpstreamVectors } from "./load-vectors.js";

describe("parseVersion", () => {
  it.each([
    ["1", "1.0.0"],
    ["v1.2", "1.2.0"],
    ["01.02.03", "1.2.3"],
    ["000", "0.0.0"],
    ["1.2-beta", "1.2.0-beta"],
    ["1.2.3-alpine3.18", "1.2.3-alpine3.18"],
    ["v1.2.3-rc.1+sha.01", "1.2.3-rc.1+sha.01"],
    ["1+b", "1.0.0+b"],
    ["1.2.3--", "1.2.3--"],
    ["1.2.3-0", "1.2.3-0"],
    ["1.2.3-0a", "1.2.3-0a"],
    ["18446744073709551615", "18446744073709551615.0.0"],
    ["1.2.3-99999999999999999999", "1.2.3-99999999999999999999"],
    [`${"0".repeat(40)}7`, "7.0.0"],
  ])("reads %s as %s", (tag, normalized) => {
    expect(parseVersion(tag)?.toString()).toBe(normalized);
    expect(parseVersion(tag)?.original).toBe(tag);
  });

  it.each([
    "",
    "v",
    "V1.2.3",
    "vv1",
    "latest",
    "1.2.3.4",
    "1.",
    "1..2",
    ".1",
    "1.x",
    "-1",
    "1.2.3-",
    "1.2.3+",
    "1.2.3-01",
    "1.2.3-a.00",
    "1.2.3-a..b",
    "1.2.3-rc_1",
    "1.2.3_1",
    " 1.2.3",
    "1.2.3\n",
    "1.2.3+a+b",
    "18446744073709551616",
    "1.18446744073709551616",
    "1.2.18446744073709551616",
    "١.٢.٣",
  ])("refuses %j", (tag) => {
    expect(parseVersion(tag)).toBeUndefined();
  });

  it("refuses a very long number", () => {
    expect(parseVersion("9".repeat(100_000))).toBeUndefined();
  });

  it("keeps the parts", () => {
    expect(parseVersion("v1.2-beta.5+meta")).toMatchObject({
      major: 1n,
      minor: 2n,
      patch: 0n,
      prerelease: "beta.5",
      metadata: "meta",
    });
  });

  it("reads back what it normalized", () => {
    fc.assert(
      fc.property(fc.oneof(nearbyTags, strictVersions), (tag) => {
        const normalized = String(parseVersion(tag));
        expect(parseVersion(normalized)?.toString()).toBe(normalized);
      }),
    );
  });

  it("agrees with node-semver on strict versions", () => {
    fc.assert(
      fc.property(strictVersions, (tag) => {
        const expected = semver.parse(tag);
        const version = parseVersion(tag);
        expect(version?.major).toBe(BigInt(expected?.major ?? -1));
        expect(version?.prerelease).toBe(expected?.prerelease.join("."));
      }),
    );
  });

  it("agrees with the library's own tests", () => {
    for (const { version, expected } of loadSemverVectors("version-parse")) {
      expect([version, parseVersion(version) !== undefined]).toEqual([version, expected === "ok"]);
    }
    for (const { version, expected } of loadSemverVectors("version-coerce")) {
      expect(parseVersion(version)?.toString()).toBe(expected);
    }
  });

  it("agrees with upstream", () => {
    const vectors = loadUpstreamVectors<string, { normalized: string | null }>("semver-parse");
    for (const { id, input, expected } of vectors) {
      expect([id, parseVersion(input)?.toString() ?? null]).toEqual([id, expected.normalized]);
    }
  });
});

it("is its normalized text in JSON", () => {
  expect(JSON.stringify({ version: parseVersion("v1.2-rc1") })).toBe('{"version":"1.2.0-rc1"}');
});
