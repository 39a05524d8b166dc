import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyJsonPatch } from "../../src/testing/json-patch.js";

const document = { spec: { list: ["a", "b"], "k/e~y": 1, nothing: null } };

describe("a JSON Patch", () => {
  it.each([
    ["add", "/spec/new", ["x"], { ...document.spec, new: ["x"] }],
    ["add", "/spec/list/-", "c", { ...document.spec, list: ["a", "b", "c"] }],
    ["add", "/spec/list/0", "c", { ...document.spec, list: ["c", "a", "b"] }],
    ["replace", "/spec/list/1", "c", { ...document.spec, list: ["a", "c"] }],
    ["replace", "/spec/k~1e~0y", 2, { ...document.spec, "k/e~y": 2 }],
    ["test", "/spec/nothing", null, document.spec],
    ["test", "/spec/list", ["a", "b"], document.spec],
  ] as const)("%s %s %j", (op, path, value, spec) => {
    const outcome = applyJsonPatch(document, [{ op, path, value }]);
    expect(outcome).toEqual({ kind: "patched", document: { spec } });
  });

  it("removes", () => {
    const patch = [
      { op: "remove", path: "/spec/list/0" },
      { op: "remove", path: "/spec/nothing" },
    ] as const;
    const spec = { list: ["b"], "k/e~y": 1 };
    expect(applyJsonPatch(document, patch)).toEqual({ kind: "patched", document: { spec } });
  });

  it.each([
    ["test", "/spec/missing", null],
    ["test", "/spec/list", ["b", "a"]],
    ["test", "/spec/list/7", "a"],
    ["replace", "/spec/missing", 1],
    ["replace", "/spec/list/2", 1],
    ["add", "/spec/list/3", 1],
    ["add", "/spec/list/01", 1],
    ["add", "/missing/parent", 1],
    ["add", "/spec/list/x", 1],
  ] as const)("refuses %s %s %j as a whole", (op, path, value) => {
    const first = { op: "add", path: "/spec/other", value: 1 } as const;
    const operation = { op, path, value };
    expect(applyJsonPatch(document, [first, operation])).toEqual({ kind: "refused", operation });
    expect(document.spec).not.toHaveProperty("other");
  });

  it("finds what it has written, under any key", () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (key, value) => {
        const path = `/spec/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        const patch = [
          { op: "add", path, value },
          { op: "test", path, value },
        ] as const;
        expect(applyJsonPatch(document, patch).kind).toBe("patched");
        expect(applyJsonPatch(document, [...patch, { op: "remove", path }])).toEqual({
          kind: "patched",
          document: {
            spec: Object.fromEntries(Object.entries(document.spec).filter(([one]) => one !== key)),
          },
        });
      }),
    );
  });

  it("takes no key for a prototype", () => {
    const patch = [{ op: "add", path: "/__proto__", value: { polluted: true } }] as const;
    applyJsonPatch({}, patch);
    expect({}).not.toHaveProperty("polluted");
  });
});
