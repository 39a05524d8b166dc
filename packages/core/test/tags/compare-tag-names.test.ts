import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareTagNames } from "../../src/tags/compare-tag-names.js";

describe("compareTagNames", () => {
  it.each([
    ["a", "a", 0],
    ["", "a", -1],
    ["a", "ab", -1],
    ["b", "ab", 1],
    ["B", "a", -1],
    ["9", "A", -1],
    ["v10", "v9", -1],
    ["\uFFFD", "\u{1F600}", -1],
    ["\u{1F600}", "\u{1F601}", -1],
  ])("orders %j against %j: %i", (left, right, order) => {
    expect(compareTagNames(left, right)).toBe(order);
    expect(compareTagNames(right, left) + order).toBe(0);
  });

  it("agrees with the bytes", () => {
    const names = fc.string({
      unit: fc.constantFrom("a", "Z", "é", "\uE000", "\uFFFD", "\u{10000}", "😀"),
    });
    fc.assert(
      fc.property(names, names, (left, right) => {
        expect(compareTagNames(left, right)).toBe(
          Buffer.compare(Buffer.from(left), Buffer.from(right)),
        );
      }),
    );
  });
});
