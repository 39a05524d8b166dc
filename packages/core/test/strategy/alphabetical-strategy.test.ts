import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alphabeticalStrategy } from "../../src/strategy/alphabetical-strategy.js";
import { loadUpstreamVectors } from "../version/load-vectors.js";
import { chosenBy, named } from "./candidates.js";

describe("alphabeticalStrategy", () => {
  it.each([
    [["9", "B", "a", "b"], "b"],
    [["v9", "v10"], "v9"],
    [["\uFFFD", "\u{1F600}"], "\u{1F600}"],
    [[], "(none)"],
  ])("takes of %j the last in byte order", (tags, expected) => {
    expect(chosenBy(alphabeticalStrategy, named(...tags), "1.x")).toBe(expected);
  });

  it("does not depend on the order of the candidates", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 3 })), (tags) => {
        expect(chosenBy(alphabeticalStrategy, named(...tags.toReversed()))).toBe(
          chosenBy(alphabeticalStrategy, named(...tags)),
        );
      }),
    );
  });

  it("agrees with upstream", () => {
    type Input = { constraint: string; tags: string[] };
    const vectors = loadUpstreamVectors<Input, { tag: string }>("alphabetical-select");
    for (const { id, input, expected } of vectors) {
      const actual = chosenBy(alphabeticalStrategy, named(...input.tags), input.constraint);
      expect([id, actual]).toEqual([id, expected.tag]);
    }
  });
});
