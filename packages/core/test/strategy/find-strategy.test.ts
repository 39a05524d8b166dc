import { describe, expect, it } from "vitest";
import { builtInStrategies } from "../../src/strategy/built-in-strategies.js";
import { findStrategy } from "../../src/strategy/find-strategy.js";
import type { UpdateStrategy } from "../../src/strategy/update-strategy.js";
import { loadUpstreamVectors } from "../version/load-vectors.js";

function custom(name: string, deprecatedNames: readonly string[] = []): UpdateStrategy {
  return {
    name,
    deprecatedNames,
    needs: "names",
    constraint: "optional",
    identity: "tag",
    choose: () => ({ kind: "none", reason: "never" }),
  };
}

describe("findStrategy", () => {
  it.each([
    ["semver", { strategy: "semver" }],
    ["SemVer", { strategy: "semver" }],
    ["newest-build", { strategy: "newest-build" }],
    ["latest", { strategy: "newest-build", deprecatedName: "latest" }],
    ["Name", { strategy: "alphabetical", deprecatedName: "Name" }],
    ["digest", { strategy: "digest" }],
    ["", { strategy: "semver", unknownName: "" }],
    [" semver", { strategy: "semver", unknownName: " semver" }],
    ["Newest", { strategy: "semver", unknownName: "Newest" }],
  ])("finds %j", (text, expected) => {
    const { strategy, ...remarks } = findStrategy(text);
    expect({ strategy: strategy.name, ...remarks }).toEqual(expected);
  });

  it("finds a consumer's strategy after the built-in ones", () => {
    const own = custom("calver", ["dated"]);
    expect(findStrategy("CalVer", [own])).toEqual({ strategy: own });
    expect(findStrategy("dated", [own])).toEqual({ strategy: own, deprecatedName: "dated" });
    expect(findStrategy("semver", [custom("semver")]).strategy).toBe(builtInStrategies[0]);
    expect(findStrategy("latest", [custom("latest")]).strategy.name).toBe("newest-build");
  });

  it("agrees with upstream", () => {
    type Expected = { strategy: string; warns: boolean };
    for (const { id, input, expected } of loadUpstreamVectors<string, Expected>(
      "update-strategy",
    )) {
      const { strategy, ...remarks } = findStrategy(input);
      const warns = Object.keys(remarks).length > 0;
      expect([id, { strategy: strategy.name, warns }]).toEqual([id, expected]);
    }
  });
});

it("says as data what each strategy needs", () => {
  const rows = builtInStrategies.map(
    ({ name, needs, constraint, identity, requiresDate = false }) =>
      `${name}: ${needs} ${constraint} ${identity} ${requiresDate}`,
  );
  expect(rows).toEqual([
    "semver: names optional tag false",
    "newest-build: details optional tag true",
    "alphabetical: names optional tag false",
    "digest: details only digest false",
  ]);
});
