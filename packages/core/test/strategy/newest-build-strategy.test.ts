import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newestBuildStrategy } from "../../src/strategy/newest-build-strategy.js";
import { loadUpstreamVectors } from "../version/load-vectors.js";
import { built, chosenBy, named, rejectionsOf } from "./candidates.js";

describe("newestBuildStrategy", () => {
  it("takes the newest, whatever its name and the constraint", () => {
    const candidates = [built("9.0", "2024-01-01T00:00:00Z"), built("old", "2024-01-02T00:00:00Z")];
    expect(chosenBy(newestBuildStrategy, candidates, "9.x")).toBe("old");
  });

  it("compares instants, not texts", () => {
    const candidates = [
      built("a", "2024-01-01T12:00:00+02:00"),
      built("b", "2024-01-01T10:00:00.000000001Z"),
      built("c", "2024-01-01T10:00:00Z"),
    ];
    expect(chosenBy(newestBuildStrategy, candidates)).toBe("b");
  });

  it("takes the last name among equal times", () => {
    const at = "2024-01-01T00:00:00Z";
    expect(chosenBy(newestBuildStrategy, [built("b", at), built("c", at), built("Z", at)])).toBe(
      "c",
    );
  });

  it("rejects what has no usable date", () => {
    const candidates = [
      ...named("plain"),
      built("odd", "yesterday"),
      built("zero", "0001-01-01T00:00:00Z"),
    ];
    expect(chosenBy(newestBuildStrategy, candidates)).toBe("zero");
    expect(rejectionsOf(newestBuildStrategy, candidates, { constraint: undefined })).toEqual([
      "plain: no-date",
      "odd: no-date",
    ]);
    expect(chosenBy(newestBuildStrategy, named("plain"))).toBe("(none)");
    expect(chosenBy(newestBuildStrategy, [])).toBe("(none)");
  });

  it.each([
    ["1970-01-01T00:00:00Z", "image-config", true],
    ["1980-01-01T00:00:01Z", "image-config", true],
    ["0001-01-01T00:00:00Z", "image-config", true],
    ["2013-01-01T00:00:00Z", "image-config", false],
    ["1970-01-01T00:00:05Z", "tag-order", false],
  ])("remarks of the date %s from %s that it is fixed: %s", (at, source, expected) => {
    const verdict = newestBuildStrategy.choose([built("1.0", at, source)], {
      constraint: undefined,
    });
    expect(verdict).toMatchObject({
      kind: "chosen",
      remarks: expected ? [{ severity: "warning", code: "reproducible-build-date" }] : [],
    });
  });

  it("does not depend on the order of the candidates", () => {
    const candidate = fc.tuple(
      fc.constantFrom("a", "b", "c", "d", "e"),
      fc.constantFrom(
        "2024-01-01T00:00:00Z",
        "2024-01-01T01:00:00+01:00",
        "2024-01-02T00:00:00Z",
        "x",
      ),
    );
    const shuffled = fc
      .uniqueArray(candidate, { selector: ([name]) => name })
      .chain((tags) =>
        fc.tuple(fc.constant(tags), fc.shuffledSubarray(tags, { minLength: tags.length })),
      );
    fc.assert(
      fc.property(shuffled, ([tags, others]) => {
        expect(
          chosenBy(
            newestBuildStrategy,
            others.map(([name, at]) => built(name, at)),
          ),
        ).toBe(
          chosenBy(
            newestBuildStrategy,
            tags.map(([name, at]) => built(name, at)),
          ),
        );
      }),
    );
  });

  it("agrees with upstream", () => {
    type Input = { tags: string[]; createdUnixSeconds: number[] };
    type Expected = { tag: string };
    const vectors = loadUpstreamVectors<Input, Expected>("newest-build-select");
    for (const { id, input, expected } of vectors) {
      const candidates = input.tags.map((name, index) =>
        built(name, new Date((input.createdUnixSeconds[index] ?? 0) * 1000).toISOString()),
      );
      expect([id, chosenBy(newestBuildStrategy, candidates)]).toEqual([id, expected.tag]);
    }
  });
});
