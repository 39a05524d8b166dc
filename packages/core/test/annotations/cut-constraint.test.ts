import { describe, expect, it } from "vitest";
import { annotated, diagnosticsOf, pointedAt, shortly } from "./annotate.js";

describe("a constraint that a comma cuts", () => {
  it.each([
    ["a=ex.io/o/a:>=1.0, <2.0", ">=1.0 <2.0"],
    ["a=ex.io/o/a:>=1.0,<2.0,!=1.5.0 , b=redis", ">=1.0 <2.0 !=1.5.0"],
    ["a=nginx:~1.2,\n=> 1.2.3", "~1.2 => 1.2.3"],
    ["a=nginx:1.x,, != 1.3.0", "1.x != 1.3.0"],
    ["a=nginx:^1, ~>1.2", "^1 ~>1.2"],
  ])("makes its image an error, since %j admits more than it says", (list, meant) => {
    const { images, invalidImages } = annotated({ "image-list": list });
    expect(images.map(({ alias }) => alias)).not.toContain("a");
    expect(invalidImages.map(({ alias, problem }) => [alias, problem.code])).toEqual([
      ["a", "ambiguous-constraint"],
    ]);
    const problem = invalidImages[0]?.problem;
    expect(problem?.message).toContain(JSON.stringify(meant));
    expect(problem && pointedAt({ "image-list": list }, problem)).toMatch(/^(?:ex\.io|nginx)/u);
  });

  it("leaves the other images of the list alone", () => {
    const list = "b=redis:7.x, a=nginx:>=1,<2, c=busybox";
    expect(annotated({ "image-list": list }).images.map(({ alias }) => alias)).toEqual([
      "b",
      undefined,
      "c",
    ]);
    expect(diagnosticsOf({ "image-list": list }).map(shortly)).toContain(
      "error ambiguous-constraint image-list a",
    );
  });

  it.each(["a=nginx, =redis", "a=nginx:1.x, b=redis", "a=nginx:1.x, 1.3.x", "a=nginx, <2"])(
    "is not seen in %j",
    (list) => {
      const { invalidImages } = annotated({ "image-list": list });
      expect(invalidImages).toEqual([]);
    },
  );
});
