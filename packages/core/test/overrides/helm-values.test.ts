import { describe, expect, it } from "vitest";
import { EditError } from "../../src/errors/edit-error.js";
import { getHelmValue, setHelmValues } from "../../src/overrides/helm-values.js";
import type { HelmValueChange } from "../../src/ports/edits.js";
import { vectors } from "./vectors.js";

/** Where we do better on purpose: every other byte stays, strings are strings, lists are not invented. */
const DEVIATIONS: ReadonlyMap<string, string | { readonly error: string }> = new Map<
  string,
  string | { readonly error: string }
>([
  ["helm-values-003", 'image:\n  tag: "1.20"   # c\n\nother: x\n'],
  ["helm-values-005", 'tag: "1.20"\n'],
  ["helm-values-006", "image:\n  name: nginx\n  tag: v1.0.1\n\nother: x\n"],
  ["helm-values-013", { error: "not-found" }],
  ["helm-values-016", 'image:\n  tag: "v2"\nimage.tag: l1\n'],
  ["helm-values-021", "base: &b\n  tag: v1\nimage:\n  <<: *b\n  tag: v2\n"],
  ["helm-values-024", 'image:\n  tag: "v2"\n---\nfoo: bar\n'],
  ["helm-values-028", 'i:\n  tag: "12e4567"\n'],
]);

/** Names of the vectors for our codes. */
const CODES: ReadonlyMap<string, string> = new Map([
  ["index-out-of-range", "array-index-out-of-range"],
]);

function outcome<T>(act: () => T): T | { readonly error: string } {
  try {
    return act();
  } catch (error) {
    if (!EditError.is(error)) throw error;
    return { error: CODES.get(error.code) ?? error.code };
  }
}

function set(source: string | undefined, path: string, value: string): unknown {
  return outcome(() => setHelmValues(source, [{ path, value }]));
}

describe("setHelmValues", () => {
  it.each(vectors("helm-values"))("keeps vector $id", ({ id, input, expected }) => {
    const { content, writes } = input as { content: string; writes: readonly HelmValueChange[] };
    const edited = outcome(() => setHelmValues(content, writes));
    const deviation = DEVIATIONS.get(id);
    const { content: wanted } = expected as { content?: string };
    expect(edited).toEqual(deviation ?? wanted ?? expected);
    expect(deviation).not.toEqual(wanted ?? expected);
  });

  it.each([
    ["double quotes", 'a: "v1" # c\n', 'a: "v2" # c\n'],
    ["single quotes", "a:   'v1'\n", "a:   'v2'\n"],
    ["plain", "a: v1   # c\n", "a: v2   # c\n"],
    ["several lines", "a: v1\n  more # c\nb: 1\n", "a: v2 # c\nb: 1\n"],
    ["an anchor", "a: &t v1 # c\nb: *t\n", "a: &t v2 # c\nb: *t\n"],
    ["a string tag", "a: !!str v1\n", "a: !!str v2\n"],
    ["an alias", "b: &t v1\na: *t # c\n", "b: &t v1\na: v2 # c\n"],
    ["an absent value", "a:   # c\nb: 1\n", "a: v2   # c\nb: 1\n"],
    ["an absent value with an anchor", "a: &t\n", "a: &t v2\n"],
    ["null", "a: ~ # c\n", "a: v2 # c\n"],
    ["a flow mapping", "{b: [a], a: v1, c: 1}\n", "{b: [a], a: v2, c: 1}\n"],
    ["JSON", '{\n  "a":"v1"\n}\n', '{\n  "a":"v2"\n}\n'],
    ["a byte order mark", "\uFEFFa: v1\n", "\uFEFFa: v2\n"],
    ["no line break at the end", "# c\n\na: v1", "# c\n\na: v2"],
    ["CRLF", "a: v1\r\n\r\nb: 1\r\n", "a: v2\r\n\r\nb: 1\r\n"],
    ["a later document", "a: v1\n---\na: v1\n...\n", "a: v2\n---\na: v1\n...\n"],
    ["the right value already", "a:  'v2'   \n", "a:  'v2'   \n"],
    ["an alias with the right value", "b: &t v2\na: *t\n", "b: &t v2\na: *t\n"],
    ["a block scalar with the right value", "a: |-\n  v2\n", "a: |-\n  v2\n"],
    ["text around it that go-yaml alone reads", "a: v1\nb: [\n  x\n]\n", "a: v2\nb: [\n  x\n]\n"],
  ])("replaces and keeps %s", (_, source, edited) => {
    expect(set(source, "a", "v2")).toBe(edited);
  });

  it.each([
    ["a: v1\n", "1.20", 'a: "1.20"\n'],
    ["a: 1.20\n", "1.20", 'a: "1.20"\n'],
    ["a: v1\n", "12:30", 'a: "12:30"\n'],
    ["a: v1\n", "-x", 'a: "-x"\n'],
    ["a: v1\n", "nginx:1.2", "a: nginx:1.2\n"],
    ["{a: v1}\n", "nginx:1.2", "{a: nginx:1.2}\n"],
    ["{a: v1}\n", ":x", '{a: ":x"}\n'],
    ["{a: v1}\n", "x,y", '{a: "x,y"}\n'],
    ["a: 'v1'\n", "it's", "a: 'it''s'\n"],
    ['a: "v1"\n', '\\"', 'a: "\\\\\\""\n'],
    ["a: 'v1'\n", "x\ny", 'a: "x\\ny"\n'],
    ["a:\n", "1.0", 'a: "1.0"\n'],
    ["{a: }\n", "x:y", '{a: "x:y" }\n'],
    ["{a: v1}\n", "on", '{a: "on"}\n'],
    ["a: !!str 1.0\n", "1.1", 'a: !!str "1.1"\n'],
    ["a: v1\n", "", 'a: ""\n'],
  ])("writes in %j the value %j so that it stays a string", (source, value, edited) => {
    expect(set(source, "a", value)).toBe(edited);
  });

  it.each([
    ["a.image.tag", "image.tag: l1\na: {}\n", "image.tag: l1\na: {image: {tag: v2}}\n"],
    ["image.tag", "image.tag: l1 # c\n", "image.tag: v2 # c\n"],
    ["image.tag", "image: x\nimage.tag: l1\n", "image: x\nimage.tag: v2\n"],
    ["images[0]", "images[0]: l1\n", "images[0]: v2\n"],
    ["images[1]", "images: [a, b]\n", "images: [a, v2]\n"],
    ["images[0]", "images:\n  -\n  - b\n", "images:\n  - v2\n  - b\n"],
    ["a[0][1].b", "a:\n- - x\n  - b: y\n", "a:\n- - x\n  - b: v2\n"],
    ["other.tag", "image: &i\n  tag: v1\nother: *i\n", "image: &i\n  tag: v2\nother: *i\n"],
    ["c.tag", "a: &a {tag: v1}\nb: &b [*a]\nc: *a\n", "a: &a {tag: v2}\nb: &b [*a]\nc: *a\n"],
    ["a.b", "b: &b 1\na: {b: &b v1}\nc: *b\n", "b: &b 1\na: {b: &b v2}\nc: *b\n"],
  ])("finds %s in %j", (path, source, edited) => {
    expect(set(source, path, "v2")).toBe(edited);
  });

  it.each([
    [
      "image:\n    name: x # n\n    # c\n\nb: 1\n",
      "image:\n    name: x # n\n    tag: v2\n    # c\n\nb: 1\n",
    ],
    ["image:\n  name:\n    deep: 1\n", "image:\n  name:\n    deep: 1\n  tag: v2\n"],
    ["image: {}\n", "image: {tag: v2}\n"],
    ["image: {name: x,}\n", "image: {name: x, tag: v2,}\n"],
    ['{"image": {"name": "x"}}\n', '{"image": {"name": "x", "tag": "v2"}}\n'],
    ["{}\n", "{image: {tag: v2}}\n"],
    ["a:\n    b: 1", "a:\n    b: 1\nimage:\n    tag: v2"],
    ["a: 1\r\n", "a: 1\r\nimage:\r\n  tag: v2\r\n"],
    ["a: 1\n\n# end\n\n", "a: 1\n\n# end\nimage:\n  tag: v2\n\n"],
    ["a: 1\n...\n", "a: 1\nimage:\n  tag: v2\n...\n"],
    ["a: 1\n\n---\nb: 1\n", "a: 1\nimage:\n  tag: v2\n\n---\nb: 1\n"],
    ["a: |- # c\n  x", "a: |- # c\n  x\nimage:\n  tag: v2"],
    ["a: |+\n  x\n\n", "a: |+\n  x\n\nimage:\n  tag: v2\n"],
    ["b: &b {name: x}\nimage:\n  <<: *b\n", "b: &b {name: x}\nimage:\n  <<: *b\n  tag: v2\n"],
    ["b: &b\n  name: x\nimage: *b\n", "b: &b\n  name: x\n  tag: v2\nimage: *b\n"],
  ])("creates image.tag in %j", (source, edited) => {
    expect(set(source, "image.tag", "v2")).toBe(edited);
  });

  it.each([
    ["# c\n", "# c\nimage:\n  tag: v2\n"],
    ["# c", "# c\nimage:\n  tag: v2"],
    ["\n# c\r\n\r\n", "\n# c\r\nimage:\r\n  tag: v2\r\n\r\n"],
    ["---\n", "---\nimage:\n  tag: v2\n"],
    ["---", "---\nimage:\n  tag: v2"],
    ["# a\n--- # b\n\n# c\n", "# a\n--- # b\n\n# c\nimage:\n  tag: v2\n"],
    ["---\n...\n", "---\nimage:\n  tag: v2\n...\n"],
    ["%YAML 1.2\n---\n", "%YAML 1.2\n---\nimage:\n  tag: v2\n"],
    ["---\n---\nb: 1\n", "---\nimage:\n  tag: v2\n---\nb: 1\n"],
    ["null\n", "image:\n  tag: v2\n"],
    ["~", "image:\n  tag: v2"],
    ["# a\n~ # b\n# c\n", "# a\nimage: # b\n  tag: v2\n# c\n"],
    ["--- ~ # c\n", "--- # c\nimage:\n  tag: v2\n"],
    ["---\nnull\n---\nb: 1\n", "---\nimage:\n  tag: v2\n---\nb: 1\n"],
  ])("takes %j for an empty file", (source, edited) => {
    expect(set(source, "image.tag", "v2")).toBe(edited);
    expect(getHelmValue(edited, "image.tag")).toBe("v2");
  });

  it.each([
    ["image:\n", "image:\n  tag: v2\n"],
    ["image:", "image:\n  tag: v2"],
    ["image: ~ # c\nb: 1\n", "image: # c\n  tag: v2\nb: 1\n"],
    ["image: null\r\n", "image:\r\n  tag: v2\r\n"],
    ["image: # c\n  # d\n\nb: 1\n", "image: # c\n  tag: v2\n  # d\n\nb: 1\n"],
    ["image:\n  # c\n    ~ # d\n", "image:\n  # c\n    tag: v2 # d\n"],
    ["b:\n    c: 1\nimage:\n", "b:\n    c: 1\nimage:\n    tag: v2\n"],
    ["{image: ~, b: 1}\n", "{image: {tag: v2}, b: 1}\n"],
    ["{image: , b: 1}\n", "{image: {tag: v2} , b: 1}\n"],
    ['{"image":null}\n', '{"image":{"tag": "v2"}}\n'],
    ["image: ~\nother:\n", "image:\n  tag: v2\nother:\n"],
  ])("creates image.tag in the place of the null in %j", (source, edited) => {
    expect(set(source, "image.tag", "v2")).toBe(edited);
  });

  it.each([
    ["tag: |-\n  1.0\n", "tag: v2\n"],
    ["tag: >-\n    1.0\n\n# c\nb: 1\n", "tag: v2\n\n# c\nb: 1\n"],
    ["tag: |+ # c\n\n  a\n  b  \n\n\nb: 1\n", "tag: v2 # c\n\n\nb: 1\n"],
    ["tag: &t !!str |2-\n  1.0\nb: *t\n", "tag: &t !!str v2\nb: *t\n"],
    ["tag:\n  |-\n  1.0\r\nb: 1\r\n", "tag:\n  v2\r\nb: 1\r\n"],
    ["tag: |\nb: 1\n", "tag: v2\nb: 1\n"],
    ["tag: |\n  1.0", "tag: v2"],
  ])("writes one line for the block scalar in %j", (source, edited) => {
    expect(set(source, "tag", "v2")).toBe(edited);
  });

  it("quotes what takes the place of a block scalar where it must", () => {
    expect(set("tag: |-\n  1.0\n", "tag", "1.20")).toBe('tag: "1.20"\n');
  });

  it.each([
    ["image.tag", "b: 1\nb: 2\nimage: {tag: v1}\n", "b: 1\nb: 2\nimage: {tag: v2}\n"],
    ["image.tag", "image:\n  n: 1\n  n: 2\n  tag: v1\n", "image:\n  n: 1\n  n: 2\n  tag: v2\n"],
    ["image.tag", "image:\n  n: 1\n  n: 2\n", "image:\n  n: 1\n  n: 2\n  tag: v2\n"],
    ["c", "b: {d: 1, d: 2}\n", "b: {d: 1, d: 2}\nc: v2\n"],
  ])("sets %s beside another key that stands twice in %j", (path, source, edited) => {
    expect(set(source, path, "v2")).toBe(edited);
  });

  it("creates in an item of a list", () => {
    expect(set("images:\n  - name: a\n  - name: b\n", "images[0].tag", "1.0")).toBe(
      'images:\n  - name: a\n    tag: "1.0"\n  - name: b\n',
    );
  });

  it.each([undefined, "", "\n  \n"])("creates a file out of %j", (source) => {
    expect(set(source, "image.tag", "v2")).toBe(
      "# auto generated by argocd image updater\n\nimage:\n  tag: v2\n",
    );
  });

  it.each([
    ["images.tag", "images:\n- tag: v1\n", "index-missing"],
    ["images", "images: []\n", "index-missing"],
    ["images[0].tag", "images:\n  tag: v1\n", "not-a-sequence"],
    ["images[0].tag", "x: y\n", "not-found"],
    ["images[0].tag", "", "not-found"],
    ["images[x].tag", "images: []\n", "invalid-index"],
    ["a[0][0]", "a: []\n", "array-index-out-of-range"],
    ["image.tag", "image: foo\n", "not-a-mapping"],
    ["image[0]", "image:\n", "not-a-sequence"],
    ["image[0].tag", "---\n", "not-found"],
    ["image.tags[0]", "image: ~\n", "not-found"],
    ["image.tag", "image: &i ~\n", "not-a-mapping"],
    ["image.tag", "x: &x ~\nimage: *x\n", "not-a-mapping"],
    ["image.tag", "image: !!null ~\n", "not-a-mapping"],
    ["image[0].tag", "image: [~]\n", "not-a-mapping"],
    ["image.tag", "{image}\n", "unsupported-yaml"],
    ["image", "image:\n  tag: v1\n", "not-a-scalar"],
    ["image.tag", "image:\n  tag: {}\n", "not-a-scalar"],
    ["a", "- a\n", "not-a-mapping"],
    ["a", "--- &x\n", "not-a-mapping"],
    ["a", "a: !vault |\n  v1\n", "unsupported-yaml"],
    ["a", "a: !!int 1\n", "unsupported-yaml"],
    ["a", "a: !vault v1\n", "unsupported-yaml"],
    ["a", "a: 1\na: 2\n", "unsupported-yaml"],
    ["a.b", "a: {b: 1}\na: {c: 1}\n", "unsupported-yaml"],
    ["a.b", "a: {b: 1, b: 2}\n", "unsupported-yaml"],
    ["a", "b: 1\n---\na: v1\n", "unsupported-yaml"],
    ["a.b", "a: {c: 1}\n---\nb: 1\n---\na: {b: v1}\n", "unsupported-yaml"],
    ["a", "? a\n: b\n", "unsupported-yaml"],
    ["a", "&x k: 1\n*x : 2\n", "unsupported-yaml"],
    ["a", "{a}\n", "unsupported-yaml"],
    ["x.image.tag", "d: &d {image: {tag: 1}}\nx:\n  <<: *d\n", "unsupported-yaml"],
    ["t", "a: |\n  no line break", "unsupported-yaml"],
    ["t", "a: | # |-\n  no line break", "unsupported-yaml"],
    ["a.b", "a: &a *a\n", "invalid-yaml"],
    ["a", "a: *x\n", "invalid-yaml"],
    ["a", "a: [1\nb: 2\n", "invalid-yaml"],
    ["", "a: 1\n", "invalid-path"],
  ])("refuses %j in %j as %s", (path, source, error) => {
    expect(set(source, path, "v2")).toEqual({ error });
  });

  it("names the path of what it refuses", () => {
    expect(() => setHelmValues("a: !x v1\n", [{ path: "a", value: "v2" }])).toThrow(
      expect.objectContaining({ message: expect.stringContaining('"a"'), context: { path: "a" } }),
    );
  });

  it("says where a value stands that Helm does not read", () => {
    const source = "b: 1\n---\nc: 1\n---\na: v1\n";
    expect(() => setHelmValues(source, [{ path: "a", value: "v2" }])).toThrow(
      /"a" stands in document 3 of the values file, and Helm reads the first alone/u,
    );
    expect(set(source, "b", "v2")).toBe(source.replace("b: 1", "b: v2"));
  });

  it.each([
    ["a: nginx\n", "a: library/nginx\n"],
    ["a: org/app\n", "a: library/nginx\n"],
    ["a: quay.io/nginx\n", "a: docker.io/library/nginx\n"],
    ["a:\n", "a: docker.io/library/nginx\n"],
    ["b: 1\n", "b: 1\na: docker.io/library/nginx\n"],
  ])(
    "writes the short value in %j only in the place of one without a registry",
    (source, edited) => {
      const change = { path: "a", value: "docker.io/library/nginx", shortValue: "library/nginx" };
      expect(setHelmValues(source, [change])).toBe(edited);
    },
  );

  it("changes nothing where nothing is asked", () => {
    expect(setHelmValues(" \n", [])).toBe(" \n");
  });
});

describe("getHelmValue", () => {
  it.each(vectors("helm-values-get"))("keeps vector $id", ({ input, expected }) => {
    const { content, path } = input as { content: string; path: string };
    expect(outcome(() => ({ value: getHelmValue(content, path) }))).toEqual(expected);
  });

  it.each([
    ["a: 1.20 # c\n", "a", "1.20"],
    ["a: 'it''s'\n", "a", "it's"],
    ["a:\n", "a", ""],
    ["a: ~\n", "a", ""],
    ["x: &x v1\na: *x\n", "a", "v1"],
    ["x: &x {tag: v1}\na:\n  <<: *x\n", "a.tag", "v1"],
    ["x: &x {tag: v1}\na:\n  <<: [{b: 1}, *x]\n  tag: v2\n", "a.tag", "v2"],
    ["a: v1\n---\na: v2\n", "a", "v1"],
  ])("reads %j at %s", (source, path, value) => {
    expect(getHelmValue(source, path)).toBe(value);
  });

  it.each([
    ["", "a", "not-found"],
    ["a: [x]\n", "a[1]", "not-found"],
    ["a: [x]\n", "a[-1]", "not-found"],
    ["a: [x]\n", "a", "not-found"],
    ["a: {b: 1}\n", "a", "not-found"],
    ["a: 1\n", "a.b", "not-found"],
    ["b: 1\n---\na: v1\n", "a", "not-found"],
    ["a: [x]\n", "a[x]", "invalid-index"],
  ])("refuses %j at %s as %s", (source, path, code) => {
    expect(() => getHelmValue(source, path)).toThrow(expect.objectContaining({ code }));
  });
});
