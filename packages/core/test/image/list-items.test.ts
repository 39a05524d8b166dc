import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitList } from "../../src/image/list-items.js";

describe("splitList", () => {
  it.each([
    ["a", ["a"]],
    ["a, b ,c", ["a", "b", "c"]],
    ["a,,b", ["a", "", "b"]],
    ["a,", ["a", ""]],
    [" a\n,\tb\n", ["a", "b"]],
  ])("reads %j as %j: blank items stay", (list, expected) => {
    expect(splitList(list).map(({ text }) => text)).toEqual(expected);
  });

  it("says of every item where it stands", () => {
    const parts = fc.array(fc.constantFrom("a", "bc", " ", ",", "", "\t", "\n"), { maxLength: 12 });
    fc.assert(
      fc.property(parts, (texts) => {
        const list = texts.join("");
        for (const { text, offset } of splitList(list)) {
          expect(list.slice(offset, offset + text.length)).toBe(text);
        }
      }),
    );
  });
});
