import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { locateItem, splitList } from "../../src/annotations/list-items.js";

describe("splitList", () => {
  it.each([
    ["a", ["a"]],
    ["a, b ,c", ["a", "b", "c"]],
    ["a,,b", ["a", "", "b"]],
    ["a,", ["a", ""]],
  ])("reads %j as %j: empty items stay", (value, expected) => {
    expect(splitList(value)).toEqual(expected);
  });
});

describe("locateItem", () => {
  it("finds every item of the list where it stands", () => {
    const text = fc.array(fc.constantFrom("a", "bc", " ", ",", "", "\t"), { maxLength: 12 });
    fc.assert(
      fc.property(text, (parts) => {
        const value = parts.join("");
        const found = splitList(value).map((_item, index) => {
          const { offset, length } = locateItem(value, index);
          return value.slice(offset, offset + length);
        });
        expect(found).toEqual(splitList(value));
      }),
    );
  });
});
