import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ANNOTATION_PREFIX,
  APPLICATION_WORDS,
  IMAGE_LIST_KEY,
  IMAGE_WORDS,
} from "../../src/annotations/annotation-keys.js";
import { parseAnnotations } from "../../src/annotations/parse-annotations.js";
import { readWriteBackConfig } from "../../src/annotations/parse-write-back-annotations.js";
import {
  readCommonSettings,
  readImageSettings,
} from "../../src/annotations/read-image-settings.js";
import { parseImageList } from "../../src/image/image-list.js";
import { loadUpstreamVectors } from "../version/load-vectors.js";
import { prefixed } from "./annotate.js";

const words = fc.constantFrom(...APPLICATION_WORDS, ...IMAGE_WORDS);
const key = fc.oneof(
  fc.string(),
  fc.string().map((text) => `${ANNOTATION_PREFIX}${text}`),
  words.map((word) => `${ANNOTATION_PREFIX}${word}`),
  fc
    .tuple(fc.constantFrom("a", "b", "a/b", "a_b", "__proto__"), words)
    .map(([alias, word]) => `${ANNOTATION_PREFIX}${alias}.${word}`),
);
const value = fc.oneof(
  fc.string(),
  fc.constantFrom("a=nginx:1.x", "a=nginx,b=x:1.0", "a/b=x", "__proto__=x", "a=,b=x", "a=x,a=y"),
  fc.constantFrom("true", "regexp:(", "regexp:^v$", "[a,b", "linux/amd64,", "git", "main:a"),
);
const annotations = fc
  .tuple(fc.dictionary(key, value), fc.option(value, { nil: undefined }))
  .map(([settings, list]) => ({
    ...settings,
    ...(list === undefined ? {} : { [IMAGE_LIST_KEY]: list }),
  }));

describe("parseAnnotations, whatever the annotations", () => {
  it("never throws", () => {
    fc.assert(
      fc.property(annotations, fc.boolean(), (settings, strict) => {
        parseAnnotations(settings, { strict, applicationNamespace: "argocd" });
      }),
    );
  });

  it("never throws on values that are not text", () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.anything()), (settings) => {
        parseAnnotations({ [IMAGE_LIST_KEY]: "a=nginx, a/b=x", ...settings });
      }),
    );
  });

  it("names the annotation in every diagnostic, and a place inside of its value", () => {
    fc.assert(
      fc.property(annotations, (settings) => {
        for (const { where } of parseAnnotations(settings).diagnostics) {
          const text = Object.hasOwn(settings, where.annotation ?? "")
            ? (Object.entries(settings).find(([name]) => name === where.annotation)?.[1] ?? "")
            : undefined;
          expect(text).toBeDefined();
          const { offset = 0, length = 0 } = where;
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset + length).toBeLessThanOrEqual(text?.length ?? 0);
        }
      }),
    );
  });

  it("makes of every entry of the list either a policy or an invalid image", () => {
    fc.assert(
      fc.property(annotations, (settings) => {
        const { value: found } = parseAnnotations(settings);
        if (found === undefined) return;
        const list = Object.entries(settings).find(([name]) => name === IMAGE_LIST_KEY)?.[1] ?? "";
        const entries = list.split(",").filter((entry) => entry.trim() !== "");
        expect(found.images.length + found.invalidImages.length).toBe(entries.length);
      }),
    );
  });
});

describe("annotations agree with upstream", () => {
  /** The two listed deviations: a constraint is not an alias, and a blank force-update is none at all. */
  const deviating: ReadonlySet<string> = new Set([
    "annotations-images-005",
    "annotations-images-009",
  ]);

  it.each(
    loadUpstreamVectors<Record<string, string>, unknown>("annotations-images").filter(
      ({ id }) => !deviating.has(id),
    ),
  )("on images: $id", ({ input, expected }) => {
    expect(imageSettings(prefixed(input))).toEqual(expected);
  });

  it("on write-back", () => {
    for (const { id, input, expected } of loadUpstreamVectors<Record<string, string>, unknown>(
      "annotations-write-back",
    )) {
      expect([id, readWriteBackConfig(prefixed(input))]).toEqual([id, expected]);
    }
  });

  it("on the settings of the application", () => {
    for (const { id, input, expected } of loadUpstreamVectors<Record<string, string>, unknown>(
      "annotations-app-wide",
    )) {
      const { value: found } = readCommonSettings(prefixed(input));
      expect([id, found?.settings ?? { error: true }]).toEqual([id, expected]);
    }
  });
});

function imageSettings(input: Record<string, string>): unknown {
  const { value: found } = parseAnnotations(input);
  // Upstream reads the settings of an image whose constraint a comma cut, and goes on with the rest.
  const invalid = found?.invalidImages.filter(
    ({ problem }) => problem.code !== "ambiguous-constraint",
  );
  if (invalid === undefined || invalid.length > 0) return { error: true };
  const list = parseImageList(input[IMAGE_LIST_KEY] ?? "").value ?? [];
  return list.map(({ alias = "", text }) => {
    const name = alias === "" ? text : text.slice(text.indexOf("=") + 1);
    return readImageSettings(input, alias, name).value?.settings;
  });
}
