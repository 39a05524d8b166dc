import { expect, it } from "vitest";
import { pathProblem } from "../../src/objects/safe-path.js";

it.each([
  "a",
  "a/b.yaml",
  ".argocd-source-app.yaml",
  ".github/values.yaml",
  "a.git/values.yaml",
  "git/values.yaml",
  "..a/b",
  "ä/\u{1F600}.yaml",
  "a b/c:d",
])("allows %s", (path) => {
  expect(pathProblem(path)).toBeUndefined();
});

it.each([
  ["", "empty"],
  ["/a", "absolute"],
  ["a//b", "empty component"],
  ["a/", "empty component"],
  ["./a", '"."'],
  ["a/../b", '".."'],
  ["..", '".."'],
  [".git/config", ".git"],
  ["a/.GIT/b", ".git"],
  [".git. /a", ".git"],
  [".git::$INDEX_ALLOCATION/a", ".git"],
  ["GIT~1/a", ".git"],
  [".g\u200Cit/a", ".git"],
  ["a\\b", "backslash"],
  ["a\nb", "control"],
  ["a\0b", "control"],
  ["\uD800", "Unicode"],
])("refuses %j", (path, words) => {
  expect(pathProblem(path)).toContain(words);
});
