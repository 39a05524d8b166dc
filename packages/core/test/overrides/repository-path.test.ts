import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  helmValuesPath,
  kustomizationCandidates,
  kustomizationDirectory,
  overridePath,
  resolveRepositoryPath,
} from "../../src/overrides/repository-path.js";
import { vectors, type Vector } from "./vectors.js";

/** Where we do better on purpose: the root is a folder like any other, and nothing leaves the repository. */
const DEVIATIONS = new Map([
  ["target-kustomization-005", "."],
  ["target-kustomization-007", "path-outside-repository"],
]);

function resolve({ area, input }: Vector): string {
  const { sourcePath, target } = input as { readonly sourcePath: string; readonly target: string };
  const colon = target.indexOf(":");
  const path = colon === -1 ? undefined : target.slice(colon + 1);
  try {
    return area === "target-kustomization"
      ? kustomizationDirectory(sourcePath, path)
      : helmValuesPath(sourcePath, path);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("write-back paths", () => {
  it.each([...vectors("target-kustomization"), ...vectors("target-helmvalues")])(
    "keeps vector $id",
    (vector) => {
      const deviation = DEVIATIONS.get(vector.id);
      expect(resolve(vector)).toBe(deviation ?? vector.expected);
      expect(deviation).not.toBe(vector.expected);
    },
  );

  it.each([
    ["foo", undefined, "foo"],
    ["foo", "", "foo"],
    ["foo", ".", "foo"],
    ["foo", "/", "."],
    ["foo", "/.", "."],
    ["", undefined, "."],
    ["/foo/", "bar/", "foo/bar"],
    ["config/overlays/foo", "../../base", "config/base"],
    ["any", "/config//x/./", "config/x"],
  ])("finds the kustomization of %j with %j in %j", (source, path, directory) => {
    expect(kustomizationDirectory(source, path)).toBe(directory);
  });

  it.each([
    [".", ["kustomization.yaml", "kustomization.yml", "Kustomization"]],
    ["a/b", ["a/b/kustomization.yaml", "a/b/kustomization.yml", "a/b/Kustomization"]],
  ])("looks in %j for %j", (directory, candidates) => {
    expect(kustomizationCandidates(directory)).toEqual(candidates);
  });

  it.each([
    ["foo", undefined, "foo/values.yaml"],
    ["", undefined, "values.yaml"],
    ["foo", "./values.yaml", "foo/values.yaml"],
    ["foo", "/helm/v.yaml", "helm/v.yaml"],
    ["foo", "", "foo"],
  ])("finds the values of %j with %j in %j", (source, path, file) => {
    expect(helmValuesPath(source, path)).toBe(file);
  });

  it.each(["some/file.yaml", "/some/file.yaml", "./some//file.yaml", "x/../some/file.yaml"])(
    "takes the override file %s from the root",
    (path) => expect(overridePath(path)).toBe("some/file.yaml"),
  );

  it.each([
    ["..", "path-outside-repository"],
    ["../../x", "path-outside-repository"],
    ["../../a/x", "path-outside-repository"],
    ["/../x", "path-outside-repository"],
    [".git/config", "invalid-path"],
    ["x/.GIT/config", "invalid-path"],
    [".git. /config", "invalid-path"],
    ["GIT~1/config", "invalid-path"],
    [".gitmodules", "invalid-path"],
    ["x/../.github/workflows/ci.yaml", "invalid-path"],
    ["a\\..\\b", "invalid-path"],
    ["a\0b", "invalid-path"],
    ["a\nb", "invalid-path"],
  ])("refuses %j as %s", (path, code) => {
    expect(() => resolveRepositoryPath({ sourcePath: "", path })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it.each(["", ".", "/", "a/.."])("refuses %j as a file", (path) => {
    expect(() => overridePath(path)).toThrow(expect.objectContaining({ code: "invalid-path" }));
  });

  it("allows names that only begin like .git", () => {
    expect(overridePath(".github/x/.gitkeep")).toBe(".github/x/.gitkeep");
  });

  it("never leaves the repository, and is at rest", () => {
    const path = fc
      .array(fc.constantFrom("..", ".", "", "a", "b", ".git", "c.yaml"), { maxLength: 6 })
      .map((components) => components.join("/"));
    fc.assert(
      fc.property(path, path, (sourcePath, written) => {
        let resolved: string;
        try {
          resolved = resolveRepositoryPath({ sourcePath, path: written });
        } catch {
          return;
        }
        expect(resolved.split("/")).not.toContain("..");
        expect(resolved).toMatch(/^[^/]/);
        expect(resolveRepositoryPath({ sourcePath: "", path: resolved })).toBe(resolved);
      }),
    );
  });
});
