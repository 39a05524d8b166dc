import { describe, expect, it } from "vitest";
import { renderBranchName, type BranchNameData } from "../../src/templates/render-branch-name.js";
import { splitImage, vectorsOf } from "./vector-changes.js";

const data: BranchNameData = {
  images: [{ name: "foo/bar", alias: "foo", oldTag: "1.0", newTag: "1.1" }],
};

describe("renderBranchName", () => {
  it.each(vectorsOf("branch-template"))("keeps $id", ({ input, expected }) => {
    const { value } = renderBranchName(input.template, {
      images: input.changes.map(({ image, oldTag, newTag }) => {
        return { ...splitImage(image), oldTag, newTag };
      }),
      applicationName: input.appName,
      applicationNamespace: input.appNamespace,
      targetKey: input.targetKey,
    });
    expect(value ?? "").toBe(expected);
  });

  it("hashes all changes in their order", () => {
    const second = { name: "bar/baz", alias: "", oldTag: "2", newTag: "2.1" };
    const { value } = renderBranchName("{{.SHA256}}", { images: [...data.images, second] });
    expect(value).toBe("1d57ffdc534842aad43e32acd66d9e00ce4c5d5492dea36c671a13bf06007f65");
  });

  it("leaves empty what is not given", () => {
    const template = "{{.AppName}}|{{.AppNamespace}}|{{.TargetKey}}|{{(index .Images 0).Alias}}";
    expect(renderBranchName(template, data)).toEqual({ value: "|||foo", diagnostics: [] });
  });

  it("does not judge the name", () => {
    const images = [{ name: "a", alias: "", oldTag: "", newTag: "sha256:abc" }];
    const { value, diagnostics } = renderBranchName("{{(index .Images 0).NewTag}}", { images });
    expect({ value, diagnostics }).toEqual({ value: "sha256:abc", diagnostics: [] });
  });

  it.each([
    ["a".repeat(255), "a".repeat(255), []],
    ["a".repeat(256), "a".repeat(255), ["invalid-branch-name"]],
    ["a" + "é".repeat(127), "a" + "é".repeat(127), []],
    ["é".repeat(128), "é".repeat(127), ["invalid-branch-name"]],
    ["😀".repeat(64), "😀".repeat(63), ["invalid-branch-name"]],
  ])("cuts at 255 bytes of UTF-8, between characters (%#)", (template, value, codes) => {
    const rendered = renderBranchName(template, data);
    expect(rendered.value).toBe(value);
    expect(rendered.diagnostics.map(({ code }) => code)).toEqual(codes);
  });

  it.each(["{{", "{{.Bad}}", "{{index .Images 7}}", '{{template "x"}}'])(
    "gives no value and an error for %s",
    (template) => {
      const { value, diagnostics } = renderBranchName(template, data);
      expect(value).toBeUndefined();
      expect(diagnostics.map(({ severity, code }) => ({ severity, code }))).toEqual([
        { severity: "error", code: "invalid-template" },
      ]);
    },
  );
});
