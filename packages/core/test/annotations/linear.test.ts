import { afterEach, describe, expect, it, vi } from "vitest";
import { parseAnnotations } from "../../src/annotations/parse-annotations.js";
import { prefixed } from "./annotate.js";

const READERS = ["split", "indexOf", "trim", "trimStart", "slice", "replaceAll"] as const;

afterEach(() => {
  vi.restoreAllMocks();
});

/** How many characters the text functions of the language were asked to look at. */
function charactersRead(run: () => void): number {
  let total = 0;
  for (const name of READERS) {
    const original: (...values: never[]) => unknown = String.prototype[name];
    vi.spyOn(String.prototype, name).mockImplementation(function count(
      this: string,
      ...values: never[]
    ): never {
      // A slice costs what it cuts out, the others what they look at.
      const result = original.apply(this, values);
      total += name === "slice" ? String(result).length : this.length;
      return result as never;
    });
  }
  run();
  vi.restoreAllMocks();
  return total;
}

const entries = (count: number, entry: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => entry(index)).join(",");

describe("the work of parsing annotations grows as their text", () => {
  it.each<[string, (size: number) => Record<string, unknown>]>([
    ["many images", (size) => ({ "image-list": entries(size, (n) => `a${n}=ex.io/o/a${n}:1.x`) })],
    ["one image many times", (size) => ({ "image-list": entries(size, () => "a=nginx:1.x") })],
    ["pieces of constraints", (size) => ({ "image-list": `a=nginx:>1${",<2".repeat(size)}` })],
    [
      "many images under long filters",
      (size) => ({
        "image-list": entries(size, () => "a=nginx"),
        "ignore-tags": entries(size, (n) => `*-rc${n}`),
        "a.platforms": entries(size, () => "linux/amd64"),
        "allow-tags": `regexp:^(${"a|".repeat(size)}b)$`,
      }),
    ],
    [
      "many images and many wrong keys",
      (size) => ({
        "image-list": entries(size, (n) => `a${n}=nginx`),
        ...Object.fromEntries(Array.from({ length: size }, (_, n) => [`b${n}.allow-tag`, "any"])),
      }),
    ],
    [
      "many images and many values that are not text",
      (size) => ({
        "image-list": entries(size, (n) => `a${n}=nginx`),
        ...Object.fromEntries(Array.from({ length: size }, (_, n) => [`a${n}.allow-tags`, true])),
      }),
    ],
  ])("with %s", (_what, annotationsOf) => {
    const [few, many] = [100, 800].map((size) =>
      charactersRead(() => {
        parseAnnotations(prefixed(annotationsOf(size)));
      }),
    );
    expect((many ?? 0) / (few ?? 1)).toBeLessThan(8 * 1.6);
  });
});
