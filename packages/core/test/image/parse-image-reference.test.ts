import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createImageReference } from "../../src/image/create-image-reference.js";
import { tagWithDigest } from "../../src/image/image-names.js";
import { parseTrackedImage } from "../../src/image/image-list.js";
import { parseImageReference } from "../../src/image/parse-image-reference.js";

const SHA = `sha256:${"1234567890abcdef".repeat(4)}`;
const HEX = "abcdef0123456789".repeat(4);

interface ImageVector {
  readonly id: string;
  readonly area: string;
  readonly input: string;
  readonly expected: {
    readonly alias: string;
    readonly fullName: string;
    readonly registry: string;
    readonly name: string;
    readonly tag: { readonly name: string; readonly digest: string } | null;
    readonly tagWithDigest: string;
  };
}

/** Where upstream is wrong: what we say instead. */
const DEVIATIONS: Readonly<Record<string, Partial<ImageVector["expected"]>>> = {
  "image-parse-016": {
    fullName: "registry:5000/classic-web:~1.0",
    registry: "registry:5000",
    name: "classic-web",
    tag: { name: "~1.0", digest: "" },
    tagWithDigest: "~1.0",
  },
  "image-parse-018": {
    alias: "",
    fullName: "nginx:>=1.0",
    name: "nginx",
    tag: { name: ">=1.0", digest: "" },
    tagWithDigest: ">=1.0",
  },
  "image-parse-023": { fullName: "docker.io/nginx:~1.2", name: "nginx" },
};

const vectors = (
  JSON.parse(
    readFileSync(new URL("../../../../test/vectors/upstream.json", import.meta.url), "utf8"),
  ) as ImageVector[]
).filter(({ area }) => area === "image-parse");

describe("parseImageReference agrees with Argo CD Image Updater", () => {
  it.each(vectors)("$id $input", ({ id, input, expected }) => {
    const { value: tracked } = parseTrackedImage(input);
    const image = tracked?.image;
    if (tracked === undefined || image === undefined) throw new Error("not parsed");
    const { constraint } = tracked;
    const reference = createImageReference({ ...image, tag: constraint });
    const hasTag = constraint !== undefined || image.digest !== undefined;
    expect({
      alias: tracked.alias ?? "",
      fullName: reference.toString(),
      registry: image.registry ?? "",
      name: image.repository,
      tag: hasTag ? { name: constraint ?? "", digest: image.digest ?? "" } : null,
      tagWithDigest: tagWithDigest(reference),
    }).toEqual({ ...expected, ...DEVIATIONS[id] });
  });
});

describe("parseImageReference reads", () => {
  it.each([
    ["nginx", { repository: "nginx" }],
    ["nginx:", { repository: "nginx", tag: "" }],
    [" nginx:1 ", { repository: "nginx", tag: "1" }],
    ["library/nginx:1.17", { repository: "library/nginx", tag: "1.17" }],
    ["library/nginx:~1.17", { repository: "library/nginx", tag: "~1.17" }],
    ["docker.io/nginx:1.17", { registry: "docker.io", repository: "nginx", tag: "1.17" }],
    ["docker.io", { registry: "docker.io", repository: "docker.io" }],
    ["docker.io/library/a/b", { registry: "docker.io", repository: "a/b" }],
    ["index.docker.io/org/app:~1", { repository: "org/app", tag: "~1" }],
    ["localhost/foo:1", { registry: "localhost", repository: "foo", tag: "1" }],
    ["localhost:5000/foo:~1.0", { registry: "localhost:5000", repository: "foo", tag: "~1.0" }],
    ["registry:5000/classic-web", { registry: "registry:5000", repository: "classic-web" }],
    ["[::1]:5000/a:^1", { registry: "[::1]:5000", repository: "a", tag: "^1" }],
    ["[::1]/a", { registry: "[::1]", repository: "a" }],
    ["nginx:*", { repository: "nginx", tag: "*" }],
    ["nginx:>=1.0,<2", { repository: "nginx", tag: ">=1.0,<2" }],
    ["foo:80", { repository: "foo", tag: "80" }],
    ["foo:80/bar", { registry: "foo:80", repository: "bar" }],
    ["UPPER/lower:1", { registry: "UPPER", repository: "lower", tag: "1" }],
    [`a/b:1@${SHA}`, { repository: "a/b", tag: "1", digest: SHA }],
    [`${HEX}:1`, { repository: HEX, tag: "1" }],
  ])("%s without complaint, but for a bare image ID", (text, fields) => {
    const { value, diagnostics } = parseImageReference(text);
    expect(value).toEqual(fields);
    expect(diagnostics.map(({ code }) => code)).toEqual(
      text.startsWith(HEX) ? ["invalid-image-reference"] : [],
    );
  });

  it.each([
    ["UPPER/Case:1", { repository: "UPPER/Case", tag: "1" }],
    ["ghcr.io/Owner/App:1", { registry: "ghcr.io", repository: "Owner/App", tag: "1" }],
    ["UPPER:5000/Case:1", { registry: "UPPER:5000", repository: "Case", tag: "1" }],
    ["a__b/c___d", { repository: "a__b/c___d" }],
    ["=foo", { repository: "=foo" }],
    [HEX, { repository: HEX }],
    [`docker.io/${"a".repeat(248)}`, { registry: "docker.io", repository: "a".repeat(248) }],
    [`ghcr.io/${"a".repeat(256)}`, { registry: "ghcr.io", repository: "a".repeat(256) }],
    ["a/b@sha256:abcde", { repository: "a/b", digest: "sha256:abcde" }],
    ["a/b@", { repository: "a/b" }],
  ])("%s as written, with a warning", (text, fields) => {
    const { value, diagnostics } = parseImageReference(text);
    expect(value).toEqual(fields);
    expect(diagnostics.map(({ severity, code }) => [severity, code])).toEqual([
      ["warning", "invalid-image-reference"],
    ]);
  });

  it.each(["", "  ", ":1", `@${SHA}`, "ghcr.io/", "ghcr.io/:1", "localhost:5000/"])(
    "nothing out of %j",
    (text) => {
      const { value, diagnostics } = parseImageReference(text);
      expect(value).toBeUndefined();
      expect(diagnostics.map(({ severity }) => severity)).toEqual(["error"]);
    },
  );

  it("a long text in no time", () => {
    const text = `ghcr.io/${"a-".repeat(50_000)}!:1`;
    expect(parseImageReference(text).value?.registry).toBe("ghcr.io");
  });
});

describe("a reference", () => {
  const component = fc.stringMatching(/^[a-z0-9]{1,5}([._-][a-z0-9]{1,5})?$/);
  const registry = fc.oneof(
    fc.constantFrom(
      "ghcr.io",
      "localhost",
      "localhost:5000",
      "[::1]:5000",
      "docker.io",
      "Registry",
    ),
    fc.stringMatching(/^[a-z]{1,5}\.[a-z]{1,5}(:[0-9]{1,4})?$/),
  );
  const fields = fc
    .record(
      {
        registry,
        path: fc.array(component, { minLength: 1, maxLength: 3 }),
        tag: fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,10}$/),
        digest: fc.constant(SHA),
      },
      { requiredKeys: ["path"] },
    )
    .map(({ path, ...rest }) => ({ ...rest, repository: path.join("/") }))
    .filter(({ registry: host, repository }) => {
      const namesHost =
        host === undefined && /^[^/]*\.[^/]*\/|^localhost\/|^docker\.io/.test(repository);
      return !namesHost && !(host === "docker.io" && repository.startsWith("library/"));
    });

  it("is what its text parses to", () => {
    fc.assert(
      fc.property(fields, (input) => {
        const reference = createImageReference(input);
        expect(parseImageReference(reference.toString()).value).toEqual(reference);
      }),
    );
  });

  it("has the same name whatever follows the colon", () => {
    fc.assert(
      fc.property(fields, fc.constantFrom("~1.2", ">=1.0 <2", "1.x || 2.x", "*"), (input, tag) => {
        const text = createImageReference({ ...input, tag: "1.0", digest: undefined }).toString();
        const plain = parseImageReference(text).value;
        const constrained = parseImageReference(text.replace(/1\.0$/, tag)).value;
        expect(constrained).toEqual({ ...plain, tag });
      }),
    );
  });

  it("is its fields alone in JSON and in comparisons", () => {
    const reference = createImageReference({ registry: "", repository: "nginx", tag: undefined });
    expect(JSON.stringify(reference)).toBe('{"repository":"nginx"}');
    expect(reference).toStrictEqual({ repository: "nginx" });
    expect(String(reference)).toBe("nginx");
  });

  it("leaves an empty tag out of its text", () => {
    expect(createImageReference({ repository: "nginx", tag: "" }).toString()).toBe("nginx");
  });
});
