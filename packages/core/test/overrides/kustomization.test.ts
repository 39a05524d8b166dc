import { describe, expect, it } from "vitest";
import { EditError } from "../../src/errors/edit-error.js";
import {
  readKustomizationImages,
  setKustomizationImages,
} from "../../src/overrides/kustomization.js";
import { mergeKustomizationImages } from "../../src/overrides/kustomization-entries.js";
import { parseKustomizeImage } from "../../src/overrides/kustomize-spec.js";
import type { KustomizationImage } from "../../src/ports/edits.js";
import { vectors } from "./vectors.js";

function set(source: string, ...images: readonly string[]): unknown {
  try {
    return setKustomizationImages(source, images.map(parseKustomizeImage));
  } catch (error) {
    if (!EditError.is(error)) throw error;
    return { error: error.code };
  }
}

describe("setKustomizationImages", () => {
  it.each(vectors("kustomization-file"))("keeps vector $id", ({ input, expected }) => {
    const { content, images } = input as { content: string; images: readonly string[] };
    const { content: wanted, unchanged } = expected as { content?: string; unchanged?: boolean };
    expect(set(content, ...images)).toBe(unchanged === true ? content : wanted);
  });

  it.each([
    [
      "v2",
      "images:\n- name: foo # n\n  newTag: v1 # t\n",
      "images:\n- name: foo # n\n  newTag: v2 # t\n",
    ],
    ["2.0", "images:\n- newTag: 1.0\n  name: foo\n", 'images:\n- newTag: "2.0"\n  name: foo\n'],
    ["1.0", "images:\n- name: foo\n  newTag: 1.0\n", 'images:\n- name: foo\n  newTag: "1.0"\n'],
    ["v2", "images:\n- name: foo\n  newTag: 'v1'\n", "images:\n- name: foo\n  newTag: 'v2'\n"],
    ["v2", "images:\n- name: foo\n  newTag:\n", "images:\n- name: foo\n  newTag: v2\n"],
    [
      "v2",
      "images:\n- name: foo\n  tagSuffix: -x\n",
      "images:\n- name: foo\n  tagSuffix: -x\n  newTag: v2\n",
    ],
    [
      "v2",
      "images:\n- name: foo\n  newName: bar\n  newTag: v1\n",
      "images:\n- name: foo\n  newTag: v2\n",
    ],
    [
      "v2",
      "images:\n- name: foo\n  newTag: &t v1\nx: *t\n",
      "images:\n- name: foo\n  newTag: &t v2\nx: *t\n",
    ],
    [
      "v2",
      "t: &t v1\nimages:\n- name: foo\n  newTag: *t\n",
      "t: &t v1\nimages:\n- name: foo\n  newTag: v2\n",
    ],
    [
      "v2",
      "t: &t v2\nimages:\n- name: foo\n  newTag: *t\n",
      "t: &t v2\nimages:\n- name: foo\n  newTag: *t\n",
    ],
    ["v2", "images: [{newTag: v1, name: foo}]\n", "images: [{newTag: v2, name: foo}]\n"],
    ["v2", "images:\r\n- name: foo\r\n", "images:\r\n- name: foo\r\n  newTag: v2\r\n"],
    [
      "v2",
      "images:\n- name: foo\n- name: foo\n",
      "images:\n- name: foo\n  newTag: v2\n- name: foo\n  newTag: v2\n",
    ],
  ])("sets the tag %s in %j", (tag, source, edited) => {
    expect(set(source, `foo:${tag}`)).toBe(edited);
  });

  it.each([
    [
      "images:\n- name: foo\n  newTag: v1 # t\n  tagSuffix: x\n",
      "images:\n- name: foo\n  tagSuffix: x\n  digest: sha256:a\n",
    ],
    ["images:\n- newTag: v1 # t\n\n  name: foo\n", "images:\n- name: foo\n  digest: sha256:a\n"],
    [
      "images:\n- newTag: v1\n  # n\n  name: foo\n",
      "images:\n- \n  # n\n  name: foo\n  digest: sha256:a\n",
    ],
    ["images:\n- name: foo\n  newTag: v1", "images:\n- name: foo\n  digest: sha256:a"],
    ["images:\n- {newTag: v1, name: foo}\n", 'images:\n- {name: foo, digest: "sha256:a"}\n'],
    ["images:\n- {name: foo, newTag: v1}\n", 'images:\n- {name: foo, digest: "sha256:a"}\n'],
  ])("removes the tag where only a digest is written in %j", (source, edited) => {
    expect(set(source, "foo@sha256:a")).toBe(edited);
  });

  it.each([
    ["resources:\n  - a\n", 'resources:\n  - a\nimages:\n  - name: foo\n    newTag: "1.0"\n'],
    ["resources: []\n# end\n", 'resources: []\n# end\nimages:\n- name: foo\n  newTag: "1.0"\n'],
    ["a: 1", 'a: 1\nimages:\n- name: foo\n  newTag: "1.0"'],
    ["images: []\nx: 1\n", 'images:\n- name: foo\n  newTag: "1.0"\nx: 1\n'],
    ["images: # c\nx: 1\n", 'images: # c\n- name: foo\n  newTag: "1.0"\nx: 1\n'],
    ["images: ~ # c\n", 'images: # c\n- name: foo\n  newTag: "1.0"\n'],
    ["images: [{name: x}]\n", 'images: [{name: x}, {name: foo, newTag: "1.0"}]\n'],
    ["{images: []}\n", '{images: [{name: foo, newTag: "1.0"}]}\n'],
    ["{}\n", '{images: [{name: foo, newTag: "1.0"}]}\n'],
    [
      "images:\n-   name: x\n\ny: 1\n",
      'images:\n-   name: x\n-   name: foo\n    newTag: "1.0"\n\ny: 1\n',
    ],
  ])("appends an entry to %j", (source, edited) => {
    expect(set(source, "foo:1.0")).toBe(edited);
  });

  it("refuses an alias whose new name another entry further down takes up", () => {
    const other = "- name: x/y\n  newTag: v1\n";
    const own = "- name: a\n  newName: x/y\n  newTag: v1\n";
    const own2 = own.replace("v1", "v2");
    expect(set(`images:\n${other}${own}`, "a=x/y:v2")).toBe(`images:\n${other}${own2}`);
    expect(set(`images:\n${own}${other}`, "a=x/y:v2", "x/y:v2")).toContain(own2);
    const unversioned = "- name: x/y\n";
    expect(set(`images:\n${own}${unversioned}`, "a=x/y:v2")).toContain(own2);
    expect(set(`images:\n${own}${other}`, "a=x/y:v2")).toEqual({ error: "conflicting-changes" });
  });

  it("takes every spelling of a name for a name of its own, as Kustomize does", () => {
    const source = "images:\n- name: docker.io/library/nginx\n  newTag: v1\n";
    expect(set(source, "docker.io/nginx:v2")).toBe(
      `${source}- name: docker.io/nginx\n  newTag: v2\n`,
    );
    const both = `${source}- name: nginx\n  newTag: v1\n`;
    expect(set(both, "nginx:v2")).toBe(`${source}- name: nginx\n  newTag: v2\n`);
    expect(set("images:\n- name: ghcr.io/nginx\n", "nginx:v2")).toBe(
      "images:\n- name: ghcr.io/nginx\n- name: nginx\n  newTag: v2\n",
    );
  });

  it("keeps blank lines in the block scalars of inline patches", () => {
    const source =
      "patches:\n- patch: |-\n    a: 1\n\n    images:\n    - name: foo\n\nimages:\n- name: foo\n  newTag: v1\n\n\n# c\nresources: []\n";
    expect(set(source, "foo:v2")).toBe(source.replace("v1", "v2"));
  });

  it("lets the later of two images with one name win", () => {
    expect(set("images: []\n", "foo:v1", "foo=bar:v2")).toBe(
      "images:\n- name: foo\n  newName: bar\n  newTag: v2\n",
    );
  });

  it("writes one line for a block scalar", () => {
    expect(set("images:\n- name: foo\n  newTag: |-\n    v1\nb: 1\n", "foo:v2")).toBe(
      "images:\n- name: foo\n  newTag: v2\nb: 1\n",
    );
  });

  it("gives an image a value of its own where the one it refers to changes", () => {
    const source =
      "images:\n- name: a\n  newTag: &t v1\n- name: b\n  newTag: *t\n- name: c\n  newTag: *t\n";
    const images = [
      { name: "b", newTag: "v1" },
      { name: "a", newTag: "v2" },
      { name: "c", newTag: "v2" },
    ];
    expect(readKustomizationImages(setKustomizationImages(source, images))).toEqual([
      { name: "a", newTag: "v2" },
      { name: "b", newTag: "v1" },
      { name: "c", newTag: "v2" },
    ]);
  });

  it.each([
    ["", "not-a-mapping"],
    ["# c\n", "not-a-mapping"],
    ["- a\n", "not-a-mapping"],
    ["a: 1\n---\nb: 1\n", "unsupported-yaml"],
    ["images: foo\n", "not-a-sequence"],
    ["x: &x []\nimages: *x\n", "not-a-sequence"],
    ["images: &i []\n", "unsupported-yaml"],
    ["images: []\nimages: []\n", "unsupported-yaml"],
    ["images:\n- name: foo\n  newTag: []\n", "not-a-scalar"],
    ["images:\n- name: foo\n  digest: |\n    v1\n", "unsupported-yaml"],
    ["images:\n- &a\n  name: foo\n- *a\n", "unsupported-yaml"],
    ["x: &x {newName: y}\nimages:\n- name: foo\n  <<: *x\n", "unsupported-yaml"],
    ["images:\n- name: foo\n  digest: &d sha256:b\n", "unsupported-yaml"],
    ["images: [\n", "invalid-yaml"],
  ])("refuses %j as %s", (source, error) => {
    expect(set(source, "foo:v2")).toEqual({ error });
  });
});

describe("readKustomizationImages", () => {
  it.each<[string, readonly KustomizationImage[]]>([
    ["", []],
    ["resources: []\n", []],
    ["images:\n", []],
    ["images:\n- name: a\n  newTag: 1.0\n- newTag: x\n- b\n", [{ name: "a", newTag: "1.0" }]],
    [
      "d: &d {digest: 'sha256:a'}\nimages: [{name: a, newName: b, <<: *d}]\n",
      [{ name: "a", newName: "b", digest: "sha256:a" }],
    ],
    ["\uFEFFimages:\n- name: a\n  newTag:\n", [{ name: "a" }]],
  ])("reads %j", (source, images) => {
    expect(readKustomizationImages(source)).toEqual(images);
  });
});

describe("mergeKustomizationImages", () => {
  it.each(vectors("kustomization-images"))("keeps vector $id", ({ input, expected }) => {
    const { existingImages, images } = input as {
      existingImages: readonly KustomizationImage[];
      images: readonly string[];
    };
    expect(mergeKustomizationImages(existingImages, images.map(parseKustomizeImage))).toEqual(
      (expected as { images: unknown }).images,
    );
  });

  it("takes every spelling of a name for a name of its own", () => {
    const images = [{ name: "docker.io/library/nginx", newTag: "2" }];
    const existing = [{ name: "nginx", newTag: "1" }];
    expect(mergeKustomizationImages(existing, images)).toEqual([...existing, ...images]);
  });
});
