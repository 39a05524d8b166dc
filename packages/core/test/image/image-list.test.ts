import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseImageList, parseTrackedImage } from "../../src/image/image-list.js";

interface ImageEntry {
  readonly alias: string;
  readonly imageName: string;
}

interface Vector {
  readonly id: string;
  readonly area: string;
  readonly input: { readonly "image-list": string };
  readonly expected: readonly ImageEntry[] | { readonly error: true };
}

/** Errors that come from other annotations of the image, not from the list. */
const FOREIGN_ERRORS = [
  "annotations-images-008",
  "annotations-images-009",
  "annotations-images-010",
];

/** Where upstream is wrong: what we say instead. */
const DEVIATIONS: Readonly<Record<string, Vector["expected"]>> = {
  "annotations-images-005": [{ alias: "", imageName: "nginx:>=1.0" }],
};

const vectors = (
  JSON.parse(
    readFileSync(new URL("../../../../test/vectors/upstream.json", import.meta.url), "utf8"),
  ) as Vector[]
).filter(({ id, area }) => area === "annotations-images" && !FOREIGN_ERRORS.includes(id));

describe("parseImageList splits as Argo CD Image Updater", () => {
  it.each(vectors)("$id", ({ id, input, expected }) => {
    const { value } = parseImageList(input["image-list"]);
    const found = value?.map(({ alias = "", image, constraint }) => ({
      alias,
      imageName: `${image.toString()}${constraint === undefined ? "" : `:${constraint}`}`,
    }));
    const wanted = DEVIATIONS[id] ?? expected;
    expect(found).toEqual("error" in wanted ? undefined : wanted.map(pickName));
  });
});

function pickName(entry: ImageEntry): ImageEntry {
  return { alias: entry.alias, imageName: entry.imageName };
}

describe("parseImageList", () => {
  it("keeps the digest in the image and the text after the colon as constraint", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const text = `web = ghcr.io/o/a:~1.2@${digest} , redis:,busybox`;
    expect(parseImageList(text)).toEqual({
      value: [
        {
          alias: "web",
          image: { registry: "ghcr.io", repository: "o/a", digest },
          constraint: "~1.2",
          text: `web = ghcr.io/o/a:~1.2@${digest}`,
        },
        { image: { repository: "redis" }, constraint: "", text: "redis:" },
        { image: { repository: "busybox" }, text: "busybox" },
      ],
      diagnostics: [],
    });
  });

  it.each(["", "  ", ",", " , ,"])("is an error for the blank list %j", (text) => {
    const { value, diagnostics } = parseImageList(text);
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: "error", code: "invalid-image-list" }]);
  });

  it("drops an entry without image and says where it stands", () => {
    const text = "web=, api=nginx";
    const { value, diagnostics } = parseImageList(text);
    expect(value?.map(({ alias }) => alias)).toEqual(["api"]);
    expect(diagnostics).toMatchObject([
      { severity: "error", code: "invalid-image-list", where: { offset: 0, length: 4 } },
    ]);
  });

  it("has no value when no entry is left", () => {
    expect(parseImageList("web=").value).toBeUndefined();
  });

  it.each([
    ["a=nginx:>=1.0,<2", "<2"],
    ["a=nginx:>=1.0, <=2", "<=2"],
    ["a=nginx:>1, !=1.5", "!=1.5"],
    ["nginx:1.2,1.3.x", "1.3.x"],
  ])("warns that %s cuts a constraint", (text, piece) => {
    const { value, diagnostics } = parseImageList(text);
    expect(value?.at(-1)?.text).toBe(piece);
    expect(diagnostics).toMatchObject([
      {
        severity: "warning",
        code: "ambiguous-constraint",
        where: { image: piece, offset: text.indexOf(piece), length: piece.length },
      },
    ]);
    expect(diagnostics[0]?.message).toContain(piece);
  });

  it("warns of an alias used twice, at the second place", () => {
    const { value, diagnostics } = parseImageList("a=nginx,a=redis");
    expect(value).toHaveLength(2);
    expect(diagnostics).toMatchObject([
      { severity: "warning", code: "duplicate-alias", where: { image: "a", offset: 8, length: 7 } },
    ]);
  });

  it("places the warnings of a reference in the list", () => {
    expect(parseImageList("nginx, up=ghcr.io/Up/x").diagnostics).toMatchObject([
      { code: "invalid-image-reference", where: { image: "up", offset: 7, length: 15 } },
    ]);
  });

  it("reads joined entries as each entry alone", () => {
    const alias = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}=$/);
    const image = fc.constantFrom(
      "nginx",
      "ghcr.io/o/a",
      "localhost:5000/x",
      "docker.io/library/b",
    );
    const constraint = fc.constantFrom("", ":", ":1.x", ":~1.2", ":>=1.0 <2", ":1.2 - 2.0");
    const entry = fc
      .tuple(fc.option(alias, { nil: "" }), image, constraint)
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1 }),
        fc.constantFrom(",", " , ", ",,"),
        (list, comma) => {
          const alone = list.map((text) => parseTrackedImage(text).value);
          expect(parseImageList(list.join(comma)).value).toEqual(alone);
        },
      ),
    );
  });
});

describe("parseTrackedImage", () => {
  it.each([
    ["a=nginx:>=1.0,<2", { alias: "a", image: { repository: "nginx" }, constraint: ">=1.0,<2" }],
    ["nginx:>=1.0,!=1.5", { image: { repository: "nginx" }, constraint: ">=1.0,!=1.5" }],
    ["nginx:=1.0", { image: { repository: "nginx" }, constraint: "=1.0" }],
    ["x=y=z:1", { alias: "x", image: { repository: "y=z" }, constraint: "1" }],
    ["invalid==foo", { alias: "invalid", image: { repository: "=foo" } }],
    ["org/app=nginx", { alias: "org/app", image: { repository: "nginx" } }],
  ])("reads %s", (text, expected) => {
    expect(parseTrackedImage(text).value).toEqual({ ...expected, text });
  });

  it("is an error without image", () => {
    expect(parseTrackedImage(" web= ")).toMatchObject({
      value: undefined,
      diagnostics: [{ severity: "error", code: "invalid-image-list", where: { length: 4 } }],
    });
  });
});
