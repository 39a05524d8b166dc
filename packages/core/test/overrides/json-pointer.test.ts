import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  formatJsonPointer,
  parseArrayIndex,
  parseJsonPointer,
  valueAt,
} from "../../src/overrides/json-pointer.js";

describe("parseJsonPointer", () => {
  it.each([
    ["", []],
    ["/", [""]],
    ["/spec/sources/1", ["spec", "sources", "1"]],
    ["/a~1b/c~0d", ["a/b", "c~d"]],
    ["/~01", ["~1"]],
  ])("splits %o", (pointer, segments) => {
    expect(parseJsonPointer(pointer)).toEqual(segments);
  });

  it.each(["spec", "/a~2b", "/a~"])("refuses %o", (pointer) => {
    expect(parseJsonPointer(pointer)).toBeUndefined();
  });

  it("is undone by formatJsonPointer", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (segments) => {
        expect(parseJsonPointer(formatJsonPointer(segments))).toEqual(segments);
      }),
    );
  });
});

describe("valueAt", () => {
  it.each([
    [["a", "1", "b"], 2],
    [["a", "01"], undefined],
    [["a", "-"], undefined],
    [["toString"], undefined],
    [["a", "length"], undefined],
    [["missing", "x"], undefined],
  ])("finds what %o leads to", (segments, expected) => {
    expect(valueAt({ a: [1, { b: 2 }] }, segments)).toBe(expected);
  });
});

describe("parseArrayIndex", () => {
  it.each([
    ["0", 0],
    ["12", 12],
    ["01", undefined],
    ["-1", undefined],
    ["", undefined],
  ])("reads %o", (segment, expected) => {
    expect(parseArrayIndex(segment)).toBe(expected);
  });
});
