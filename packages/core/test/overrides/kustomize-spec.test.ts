import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  kustomizeEntry,
  mergeKustomizeImages,
  parseKustomizeImage,
  setKustomizeImage,
} from "../../src/overrides/kustomize-spec.js";
import { vectors } from "./vectors.js";

const entries = fc
  .tuple(
    fc.constantFrom("", "a=", "b=", "x/y="),
    fc.constantFrom("", "docker.io/", "quay.io/", "localhost:5000/"),
    fc.constantFrom("x/y", "nginx", "z"),
    fc.constantFrom("", ":1", ":2", "@sha256:aa", ":1@sha256:bb"),
  )
  .map((parts) => parts.join(""));

describe("kustomizeEntry", () => {
  it.each([
    [{ image: "nginx:1" }, "nginx:1"],
    [{ kustomizeName: "", image: "nginx:1" }, "nginx:1"],
    [
      { kustomizeName: "app", image: "ghcr.io/org/app:1@sha256:aa" },
      "app=ghcr.io/org/app:1@sha256:aa",
    ],
  ])("writes %o", (change, expected) => {
    expect(kustomizeEntry(change)).toBe(expected);
  });
});

describe("parseKustomizeImage", () => {
  it.each([
    ["nginx", { name: "nginx" }],
    ["nginx:", { name: "nginx" }],
    ["localhost:5000/app", { name: "localhost:5000/app" }],
    ["localhost:5000/app:1", { name: "localhost:5000/app", newTag: "1" }],
    ["a=nginx", { name: "a", newName: "nginx" }],
    [
      "a=r.io:1/b:2@sha256:cc",
      { name: "a", newName: "r.io:1/b", newTag: "2", digest: "sha256:cc" },
    ],
    ["docker.io/library/nginx:1", { name: "docker.io/library/nginx", newTag: "1" }],
  ])("reads %s", (text, expected) => {
    expect(parseKustomizeImage(text)).toEqual(expected);
  });

  it.each(vectors("kustomize-image"))("$id", ({ input, expected }) => {
    const { name, newName = "", newTag = "", digest = "" } = parseKustomizeImage(String(input));
    expect({ name, newName, newTag, digest }).toEqual(expected);
  });
});

describe("setKustomizeImage", () => {
  it.each([
    ["appends to an empty list", [], "x/y:1", ["x/y:1"]],
    ["replaces in place", ["a:1", "x/y:1", "b:1"], "x/y:2", ["a:1", "x/y:2", "b:1"]],
    ["keeps an entry without registry", ["x/y:1"], "gcr.io/x/y:2", ["x/y:1", "gcr.io/x/y:2"]],
    ["keeps an entry with a registry", ["gcr.io/x/y:1"], "x/y:2", ["gcr.io/x/y:1", "x/y:2"]],
    [
      "keeps another spelling of Docker Hub",
      ["docker.io/x/y:1", "docker.io/library/z:1", "z=mirror.example/z:1"],
      "x/y:2",
      ["docker.io/x/y:1", "docker.io/library/z:1", "z=mirror.example/z:1", "x/y:2"],
    ],
    ["replaces every entry of the name", ["x/y:1", "b", "x/y"], "x/y:2", ["x/y:2", "b", "x/y:2"]],
    ["gives an entry its alias", ["x/y:1"], "a=x/y:2", ["a=x/y:2"]],
    ["keeps the alias of an entry", ["a=x/y:1"], "x/y:2", ["a=x/y:1", "x/y:2"]],
    ["follows an alias to another image", ["a=p/q:1"], "a=x/y:2", ["a=x/y:2"]],
    ["keeps entries of another alias", ["a=x/y:1"], "b=x/y:2", ["a=x/y:1", "b=x/y:2"]],
    [
      "keeps the same path of another registry",
      ["quay.io/x/y:1"],
      "ghcr.io/x/y:2",
      ["quay.io/x/y:1", "ghcr.io/x/y:2"],
    ],
    [
      "keeps Docker Hub apart when it is written out",
      ["docker.io/x/y:1"],
      "ghcr.io/x/y:2",
      ["docker.io/x/y:1", "ghcr.io/x/y:2"],
    ],
    [
      "moves an entry to another registry when the alias is its name",
      ["quay.io/x/y:1"],
      "quay.io/x/y=ghcr.io/x/y:2",
      ["quay.io/x/y=ghcr.io/x/y:2"],
    ],
    [
      "prefers the very image to a similar one",
      ["x/y:1", "quay.io/x/y:1"],
      "quay.io/x/y:2",
      ["x/y:1", "quay.io/x/y:2"],
    ],
    [
      "does not take a port for a tag",
      ["localhost:5000/a:1"],
      "localhost:5000/b:1",
      ["localhost:5000/a:1", "localhost:5000/b:1"],
    ],
  ])("%s", (_title, existing, image, expected) => {
    expect(setKustomizeImage(existing, { image })).toEqual(expected);
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(fc.array(entries), entries, (existing, image) => {
        const once = setKustomizeImage(existing, { image });
        expect(once).toContain(image);
        expect(setKustomizeImage(once, { image })).toEqual(once);
      }),
    );
  });

  it.each(vectors("spec-kustomize-set"))("$id", ({ input, expected }) => {
    const { existing, sets } = input as {
      readonly existing: readonly string[];
      readonly sets: readonly { readonly kustomizeName?: string; readonly image: string }[];
    };
    expect(sets.reduce(setKustomizeImage, existing)).toEqual(expected);
  });
});

describe("mergeKustomizeImages", () => {
  it.each([
    ["replaces the same image", ["a:1", "nginx:1"], ["nginx:2"], ["a:1", "nginx:2"]],
    [
      "takes every spelling of Docker Hub for an image of its own",
      ["docker.io/library/nginx:1", "nginx:1"],
      ["nginx:2", "docker.io/nginx:2"],
      ["docker.io/library/nginx:1", "nginx:2", "docker.io/nginx:2"],
    ],
    ["keeps the text of what stays", ["nginx=nginx:1"], ["nginx:1"], ["nginx=nginx:1"]],
    ["keeps the tag that is there", ["nginx:1"], ["nginx"], ["nginx:1"]],
    ["keeps the digest that is there", ["nginx@sha256:aa"], ["nginx"], ["nginx@sha256:aa"]],
    ["adds a digest to a tag", ["nginx:1"], ["nginx:1@sha256:aa"], ["nginx:1@sha256:aa"]],
    ["removes a digest", ["nginx:1@sha256:aa"], ["nginx:1"], ["nginx:1"]],
    [
      "keeps registries apart",
      ["quay.io/x:1"],
      ["x:1", "ghcr.io/x:1"],
      ["quay.io/x:1", "x:1", "ghcr.io/x:1"],
    ],
    ["keeps aliases apart", ["a=x/y:1"], ["b=x/y:2", "x/y:3"], ["a=x/y:1", "b=x/y:2", "x/y:3"]],
    ["follows an alias to another image", ["a=x/y:1"], ["a=p/q"], ["a=p/q"]],
    ["takes an alias that is the name for the same entry", ["x/y:1"], ["x/y=p/q:2"], ["x/y=p/q:2"]],
  ])("%s", (_title, existing, images, expected) => {
    expect(mergeKustomizeImages(existing, images)).toEqual(expected);
  });

  it("changes nothing the second time", () => {
    const lists = fc.uniqueArray(entries, { selector: identity });
    fc.assert(
      fc.property(lists, lists, (existing, images) => {
        const once = mergeKustomizeImages(existing, images);
        expect(mergeKustomizeImages(once, images)).toEqual(once);
      }),
    );
  });
});

/** What the entry replaces in the manifests, Docker Hub left out. */
function identity(entry: string): string {
  return parseKustomizeImage(entry).name.replace("docker.io/", "");
}
