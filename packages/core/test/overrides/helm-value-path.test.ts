import { describe, expect, it } from "vitest";
import { EditError } from "../../src/errors/edit-error.js";
import { parseHelmValuePath } from "../../src/overrides/helm-value-path.js";

describe("parseHelmValuePath", () => {
  it.each([
    ["tag", [{ key: "tag", indexes: [] }]],
    [
      "image.tag",
      [
        { key: "image", indexes: [] },
        { key: "tag", indexes: [] },
      ],
    ],
    [
      "images[1].tag",
      [
        { key: "images", indexes: [1] },
        { key: "tag", indexes: [] },
      ],
    ],
    [
      "a[0][12].b",
      [
        { key: "a", indexes: [0, 12] },
        { key: "b", indexes: [] },
      ],
    ],
    ["a-b/c d", [{ key: "a-b/c d", indexes: [] }]],
  ])("reads %s", (path, steps) => {
    expect(parseHelmValuePath(path)).toEqual(steps);
  });

  it.each([
    ["images[x].tag", "invalid-index"],
    ["images[].tag", "invalid-index"],
    ["images[1.5]", "invalid-path"],
    ["images[-1].tag", "index-out-of-range"],
    ["images[99999999999999999999]", "index-out-of-range"],
    ["", "invalid-path"],
    ["a..b", "invalid-path"],
    [".a", "invalid-path"],
    ["[0].a", "invalid-path"],
    ["a[0]b", "invalid-path"],
    ["a]0[", "invalid-path"],
  ])("refuses %j as %s", (path, code) => {
    expect(() => parseHelmValuePath(path)).toThrow(EditError);
    expect(() => parseHelmValuePath(path)).toThrow(expect.objectContaining({ code }));
  });
});
