import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readRepositoryFiles, repositoryUrl } from "./repository-files.js";

/** Code in Markdown is a region of a compiled file: ```ts source="path#region". */
const SNIPPET = /```ts(?: source="(?<path>[^"#]+)#(?<region>[^"]+)")?\n(?<code>[\s\S]*?)\n```/gu;

const snippets = readRepositoryFiles((path) => path.endsWith(".md")).flatMap(
  ({ path: document, text }) =>
    [...text.matchAll(SNIPPET)].map((match) => ({
      document,
      path: match.groups?.["path"] ?? "",
      region: match.groups?.["region"] ?? "",
      code: match.groups?.["code"] ?? "",
    })),
);

it("finds snippets at all", () => {
  expect(snippets.length).toBeGreaterThan(3);
});

it.each(snippets)("$document shows $path#$region as it is", ({ path, region, code }) => {
  expect(path, `a TypeScript snippet without a source:\n${code}`).not.toBe("");
  const source = readFileSync(repositoryUrl(path), "utf8");
  expect(code).toBe(readRegion(source, region));
});

function readRegion(source: string, name: string): string {
  const lines = source.split("\n");
  const start = lines.findIndex((line) => line.trim() === `// #region ${name}`);
  const end = lines.findIndex((line) => line.trim() === `// #endregion ${name}`);
  expect(start, `no region ${name}`).toBeGreaterThanOrEqual(0);
  const region = lines.slice(start + 1, end);
  const indents = region.filter((line) => line.trim() !== "").map((line) => line.search(/\S/u));
  const indent = Math.min(...indents);
  return region.map((line) => line.slice(indent)).join("\n");
}
