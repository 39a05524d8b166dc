import { describe, expect, it } from "vitest";

import { applyJsonPatch } from "../../src/overrides/apply-json-patch.js";
import type { JsonPatchOperation } from "../../src/ports/application-client.js";

const DOCUMENT = { a: { "b/c": [1, 2, 3] }, d: null };

describe("applyJsonPatch", () => {
  it.each<[string, JsonPatchOperation, unknown]>([
    ["adds a member", { op: "add", path: "/e", value: 1 }, { ...DOCUMENT, e: 1 }],
    ["adds over a member", { op: "add", path: "/d", value: 1 }, { ...DOCUMENT, d: 1 }],
    [
      "inserts",
      { op: "add", path: "/a/b~1c/1", value: 9 },
      { a: { "b/c": [1, 9, 2, 3] }, d: null },
    ],
    [
      "appends",
      { op: "add", path: "/a/b~1c/-", value: 9 },
      { a: { "b/c": [1, 2, 3, 9] }, d: null },
    ],
    [
      "appends by index",
      { op: "add", path: "/a/b~1c/3", value: 9 },
      { a: { "b/c": [1, 2, 3, 9] }, d: null },
    ],
    [
      "replaces",
      { op: "replace", path: "/a/b~1c/1", value: 9 },
      { a: { "b/c": [1, 9, 3] }, d: null },
    ],
    ["replaces the document", { op: "replace", path: "", value: 9 }, 9],
    ["removes an item", { op: "remove", path: "/a/b~1c/0" }, { a: { "b/c": [2, 3] }, d: null }],
    ["removes a member", { op: "remove", path: "/a" }, { d: null }],
    ["tests deeply", { op: "test", path: "/a", value: { "b/c": [1, 2, 3] } }, DOCUMENT],
    ["tests null", { op: "test", path: "/d", value: null }, DOCUMENT],
  ])("%s", (_title, operation, expected) => {
    const before = structuredClone(DOCUMENT);
    expect(applyJsonPatch(DOCUMENT, [operation])).toEqual(expected);
    expect(DOCUMENT).toEqual(before);
  });

  it.each<[string, JsonPatchOperation, string]>([
    ["another value", { op: "test", path: "/d", value: 1 }, "test-failed"],
    ["another order", { op: "test", path: "/a/b~1c", value: [2, 1, 3] }, "test-failed"],
    ["a longer list", { op: "test", path: "/a/b~1c", value: [1, 2] }, "test-failed"],
    ["another member", { op: "test", path: "/a", value: { "b/d": [1, 2, 3] } }, "test-failed"],
    ["nothing to test", { op: "test", path: "/x/y", value: 1 }, "test-failed"],
    ["no index to test", { op: "test", path: "/a/b~1c/3", value: 1 }, "test-failed"],
    ["nothing to replace", { op: "replace", path: "/x", value: 1 }, "not-found"],
    ["nothing to remove", { op: "remove", path: "/x" }, "not-found"],
    ["no parent", { op: "add", path: "/x/y", value: 1 }, "not-found"],
    ["a gap in a list", { op: "add", path: "/a/b~1c/4", value: 1 }, "index-out-of-range"],
    ["an index that is none", { op: "add", path: "/a/b~1c/01", value: 1 }, "not-found"],
    ["a path that is none", { op: "add", path: "x", value: 1 }, "invalid-path"],
  ])("refuses %s", (_title, operation, code) => {
    expect(() => applyJsonPatch(DOCUMENT, [operation])).toThrow(
      expect.objectContaining({ name: "EditError", code }),
    );
  });

  it("cannot be made to change a prototype", () => {
    const patched = applyJsonPatch({}, [{ op: "add", path: "/__proto__", value: { x: 1 } }]);
    expect(Object.getPrototypeOf(patched)).toBe(Object.prototype);
    expect(() => applyJsonPatch({}, [{ op: "add", path: "/__proto__/x", value: 1 }])).toThrow(
      "there is nothing",
    );
    expect({}).not.toHaveProperty("x");
  });
});
