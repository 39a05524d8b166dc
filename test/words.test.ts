import { expect, it } from "vitest";
import { readRepositoryFiles } from "./repository-files.js";

// Messages are plain English: "is not a number", "must be verified". Comments are not looked at.

const STIFF: readonly (readonly [string, RegExp])[] = [
  [
    '"is no …": write "is not a …"',
    /(?<!\b[Tt]here )\b(?:is|are|was|were|be) no (?!longer\b|such\b)/u,
  ],
  ['"is to be …": write "must be …" or "will be …"', /\b(?:is|are|was|were) to be\b/u],
];

const SOURCES = readRepositoryFiles((path) =>
  /^(?:packages|examples|tools)\/[^/]+\/src\/.*\.ts$/u.test(path),
);

it.each(STIFF)("no text of the product says %s", (_advice, stiff) => {
  const found = SOURCES.flatMap(({ path, text }) =>
    linesOfCode(text).flatMap((line, index) => (stiff.test(line) ? [`${path}:${index + 1}`] : [])),
  );
  expect(found).toEqual([]);
});

/** Lines with their comments blanked, as far as they stand on lines of their own or at an end. */
function linesOfCode(text: string): readonly string[] {
  return text
    .replaceAll(/\/\*[^]*?\*\//gu, (comment) => comment.replaceAll(/[^\n]/gu, " "))
    .split("\n")
    .map((line) => line.replace(/(?:^|\s)\/\/ .*$/u, ""));
}

it("finds what it looks for, and only in code", () => {
  const text = 'a("x is no y"); // b is no c\n/* d is no\n e */\nf("there is no g")';
  const [is] = STIFF[0]?.slice(1) ?? [];
  expect(linesOfCode(text).map((line) => (is as RegExp).test(line))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
