import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean, nearestWord, quoteText } from "../../src/errors/wording.js";

const WORDS = ["update-strategy", "allow-tags", "ignore-tags", "semver", "newest-build", "digest"];

describe("nearestWord", () => {
  it.each([
    ["allow-tag", "allow-tags"],
    ["allowTags", "allow-tags"],
    ["ALLOW_TAGS", "allow-tags"],
    ["alow-tags", "allow-tags"],
    ["update-stategy", "update-strategy"],
    ["udpate-strategy", "update-strategy"],
    ["ignoretag", "ignore-tags"],
    ["newest", undefined],
    ["newset-build", "newest-build"],
    ["sevmer", "semver"],
    ["diegst", "digest"],
    ["latest", undefined],
    ["", undefined],
    ["x", undefined],
    ["totally-else", undefined],
  ])("takes %j for %j", (word, expected) => {
    expect(nearestWord(word, WORDS)).toBe(expected);
  });

  it("finds a word with one letter dropped, doubled or swapped with its neighbour", () => {
    fc.assert(
      fc.property(fc.constantFrom(...WORDS), fc.nat(20), fc.nat(2), (word, at, kind) => {
        const index = 1 + (at % (word.length - 2));
        const [before, here, after] = [
          word.slice(0, index),
          word.charAt(index),
          word.slice(index + 1),
        ];
        const wrong = [
          before + after,
          before + here + here + after,
          before + after.slice(0, 1) + here + after.slice(1),
        ][kind];
        expect(
          nearestWord(
            wrong ?? "",
            [...WORDS].filter((one) => one !== wrong),
          ),
        ).toBe(wrong === word ? undefined : word);
      }),
    );
  });

  it("looks at no more than a hundred words, and at none for a long text", () => {
    let asked = 0;
    function* many(): Generator<string> {
      for (;;) {
        asked += 1;
        yield `word-${asked}`;
      }
    }
    nearestWord("ward-0", many());
    expect(asked).toBeLessThanOrEqual(101);
    asked = 0;
    expect(nearestWord("w".repeat(65), many())).toBeUndefined();
    expect(asked).toBe(0);
  });
});

it("puts the nearest word at the end of a message, or nothing", () => {
  expect(didYouMean("allow_tag", WORDS)).toBe('; did you mean "allow-tags"?');
  expect(didYouMean("nothing near", WORDS)).toBe("");
});

it("quotes text as JSON and cuts what is long", () => {
  expect(quoteText('a"\n')).toBe(String.raw`"a\"\n"`);
  expect(quoteText("x".repeat(1_000_000))).toBe(`"${"x".repeat(80)}…"`);
});
