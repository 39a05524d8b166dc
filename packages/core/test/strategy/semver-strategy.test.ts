import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { semverStrategy } from "../../src/strategy/semver-strategy.js";
import { nearbyTags } from "../version/arbitrary-versions.js";
import { loadUpstreamVectors } from "../version/load-vectors.js";
import { chosenBy, named, rejectionsOf } from "./candidates.js";

describe("semverStrategy", () => {
  it.each([
    [undefined, "1.0 v2.0 1.9.9 latest", "v2.0"],
    [undefined, "2.0.0-rc1 1.9.9", "1.9.9"],
    ["", "2.0.0-rc1 1.9.9", "1.9.9"],
    ["1.x", "2.0 1.10 1.9", "1.10"],
    ["*-0", "2.0.0-rc1 1.9.9", "2.0.0-rc1"],
    ["3.x", "1.0 2.0", "(none)"],
    [undefined, "", "(none)"],
    ["latest", "1.0", "(invalid)"],
    // Spellings of one version: the last in byte order.
    [undefined, "1.0.0 v1.0.0 1.0 v1", "v1.0.0"],
    [undefined, "1.2.3 01.2.3", "1.2.3"],
    [undefined, "1.2.3+build 1.2.3", "1.2.3+build"],
    ["*-0", "1.0.0-rc10 1.0.0-rc9", "1.0.0-rc9"],
    [undefined, "20240101 9.9.9", "20240101"],
  ])("with %s takes of %j %s", (constraint, tags, expected) => {
    expect(chosenBy(semverStrategy, named(...tags.split(" ")), constraint)).toBe(expected);
  });

  it("says why it rejects a tag", () => {
    const candidates = named("latest", "1.2.3", "1.3.0-rc1", "2.0.0", "2.0.0-rc1", "1.0.0");
    expect(rejectionsOf(semverStrategy, candidates, { constraint: "1.x" })).toEqual([
      "latest: not-a-version",
      "1.3.0-rc1: prerelease-excluded",
      "2.0.0: constraint-mismatch",
      "2.0.0-rc1: constraint-mismatch",
    ]);
  });

  it("names the constraint in its reasons", () => {
    expect(semverStrategy.choose(named("2.0-rc1"), { constraint: undefined })).toEqual({
      kind: "none",
      reason: "no tag is a version that satisfies *",
      rejected: [{ tag: "2.0-rc1", reason: { code: "prerelease-excluded", constraint: "*" } }],
    });
    expect(semverStrategy.choose([], { constraint: "latest" })).toMatchObject({
      kind: "invalid",
      reason: expect.stringContaining('"latest"'),
    });
  });

  it.each([
    [undefined, []],
    ["", []],
    ["1", []],
    ["1.2.x", []],
    ["~1.2", []],
    [">=1.2", []],
    ["1.2, !=1.2.3", []],
    ["1.2", ["warning exact-constraint-never-moves"]],
    ["v1.0", ["warning exact-constraint-never-moves"]],
    ["= 1.0", ["warning exact-constraint-never-moves"]],
    ["1.2.3", ["warning exact-constraint-never-moves"]],
    ["=v1.2.3", ["warning exact-constraint-never-moves"]],
    ["latest", ["error invalid-constraint"]],
  ])("says of the constraint %s %j", (constraint, expected) => {
    const diagnostics = semverStrategy.inspect?.({ constraint }) ?? [];
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
  });

  it.each([
    ["v1.0", '"v1.0" matches only 1.0.x', '"^1.0" or ">=1.0"'],
    ["=1.2", '"=1.2" matches only 1.2.x', '"^1.2" or ">=1.2"'],
    ["v1.0.0", '"v1.0.0" is one version', '"~v1.0.0" or "^v1.0.0"'],
  ])("tells what %s means, and what to write to move on", (constraint, meaning, advice) => {
    const [diagnostic] = semverStrategy.inspect?.({ constraint }) ?? [];
    expect(diagnostic?.message).toContain(meaning);
    expect(diagnostic?.message).toContain(advice);
  });

  it("moves a bare two-part version within its patches only, as its warning says", () => {
    const tags = named("1.0.0", "v1.0.7", "1.1.0", "2.0.0");
    expect(chosenBy(semverStrategy, tags, "v1.0")).toBe("v1.0.7");
    expect(chosenBy(semverStrategy, tags, "^1.0")).toBe("1.1.0");
    expect(chosenBy(semverStrategy, tags, ">=1.0")).toBe("2.0.0");
  });

  it.each([
    ["20240101 1.2.3", "date-like-version"],
    ["v20240101123000 1.2.3", "date-like-version"],
    ["20241301 1.2.3", "number-like-version"],
    ["4815162342 1.1.0 1.0.0", "number-like-version"],
    ["v2024 1.1.0", "number-like-version"],
    ["2024 3", "number-like-version"],
    ["20240101 4815162342 1.1.0", "number-like-version"],
    ["20240101 20231231", undefined],
    ["4816 4815", undefined],
    ["20240101 4711", undefined],
    ["2.0.0 1.2.3", undefined],
    ["2 1.1.0", undefined],
    ["999 1.1.0", undefined],
    ["2024.01.05 1.2.3", undefined],
    ["4815.0 1.2.3", undefined],
    ["20240101 latest", undefined],
  ])("remarks of %s that a bare number won: %s", (tags, code) => {
    const verdict = semverStrategy.choose(named(...tags.split(" ")), { constraint: undefined });
    expect(verdict).toMatchObject({
      kind: "chosen",
      remarks: code === undefined ? [] : [{ severity: "warning", code }],
    });
  });

  it("does not depend on the order of the candidates", () => {
    const shuffled = fc
      .uniqueArray(nearbyTags, { maxLength: 8 })
      .chain((tags) =>
        fc.tuple(fc.constant(tags), fc.shuffledSubarray(tags, { minLength: tags.length })),
      );
    fc.assert(
      fc.property(shuffled, fc.constantFrom("", "1.x", "*-0"), ([tags, others], constraint) => {
        expect(chosenBy(semverStrategy, named(...others), constraint)).toBe(
          chosenBy(semverStrategy, named(...tags), constraint),
        );
      }),
    );
  });

  it("agrees with upstream", () => {
    type Input = { constraint: string; tags: string[] };
    type Expected = { tag?: string | null; error?: string };
    for (const { id, input, expected } of loadUpstreamVectors<Input, Expected>("semver-select")) {
      const actual = chosenBy(semverStrategy, named(...input.tags), input.constraint);
      const nothing = expected.error === undefined ? "(none)" : "(invalid)";
      expect([id, actual]).toEqual([id, expected.tag ?? nothing]);
    }
  });
});
