import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyPatch } from "../../src/testing/json-patch.js";

const DOCUMENT = { a: { "b/c~d": 1 }, list: ["x", { y: [1] }] };

it.each([
  ["adds a member", [{ op: "add", path: "/a/e", value: 2 }], { a: { "b/c~d": 1, e: 2 } }],
  [
    "replaces by an escaped name",
    [{ op: "replace", path: "/a/b~1c~0d", value: 2 }],
    { a: { "b/c~d": 2 } },
  ],
  ["removes a member", [{ op: "remove", path: "/a/b~1c~0d" }], { a: {} }],
  [
    "inserts into a list",
    [{ op: "add", path: "/list/0", value: "w" }],
    { list: ["w", "x", { y: [1] }] },
  ],
  [
    "appends to a list",
    [{ op: "add", path: "/list/1/y/-", value: 2 }],
    { list: ["x", { y: [1, 2] }] },
  ],
  [
    "replaces an item",
    [{ op: "replace", path: "/list/0", value: "w" }],
    { list: ["w", { y: [1] }] },
  ],
  ["removes an item", [{ op: "remove", path: "/list/0" }], { list: [{ y: [1] }] }],
  ["tests whatever the order of members", [{ op: "test", path: "/list/1", value: { y: [1] } }], {}],
])("%s", (_title, patch, expected) => {
  expect(applyPatch(DOCUMENT, patch)).toEqual({ ...DOCUMENT, ...expected });
});

describe("refuses, in the words of the real one,", () => {
  it.each([
    ["a failed test", { op: "test", path: "/a", value: 1 }, "testing value /a failed: test failed"],
    [
      "a test of nothing",
      { op: "test", path: "/z", value: 1 },
      "testing value /z failed: test failed",
    ],
    [
      "a missing key",
      { op: "replace", path: "/z", value: 1 },
      "replace operation does not apply: doc is missing key: /z: missing value",
    ],
    [
      "a missing path",
      { op: "add", path: "/z/y", value: 1 },
      "add operation does not apply: doc is missing path: /z/y: missing value",
    ],
    [
      "a missing index",
      { op: "test", path: "/list/7/y", value: 1 },
      "error in test for path: '/list/7/y': Unable to access invalid index: 7: invalid index referenced",
    ],
    [
      "an index beyond the end",
      { op: "add", path: "/list/7", value: 1 },
      "error in add for path: '/list/7': Unable to access invalid index: 7: invalid index referenced",
    ],
    ["other operations", { op: "jump", path: "/a" }, "Unexpected kind: jump"],
  ])("%s", (_title, operation, words) => {
    expect(() => applyPatch(DOCUMENT, [operation])).toThrow(words);
  });
});

it("leaves the document as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const document = { a: [value] };
      const copy = structuredClone(document);
      const patched = applyPatch(document, [
        { op: "test", path: "/a/0", value },
        { op: "add", path: "/a/-", value: 1 },
        { op: "remove", path: "/a/0" },
      ]);
      expect(document).toEqual(copy);
      expect(patched).toEqual({ a: [1] });
    }),
  );
});
