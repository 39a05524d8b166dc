import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repositoryPathProblem } from "../../src/overrides/path-guard.js";

describe("a path in a repository", () => {
  it.each([
    "a",
    "a/b.yaml",
    ".argocd-source-app.yaml",
    ".github/values.yaml",
    ".github/workflow/values.yaml",
    "a/.github/workflows/values.yaml",
    "charts/.gitlab-ci.yml/values.yaml",
    "a.git/values.yaml",
    "git/values.yaml",
    ".gitops/values.yaml",
    ".gitignore",
    "gitmodules",
    "gitlab~1.yaml",
    "git~x/values.yaml",
    "workflows/values.yaml",
    "..a/b",
    "ä/\u{1F600}.yaml",
    "a b/c:d",
  ])("may be %s", (path) => {
    expect(repositoryPathProblem(path)).toBeUndefined();
  });

  it.each([
    ["", "empty"],
    ["/a", "absolute"],
    ["a//b", "empty component"],
    ["a/", "empty component"],
    ["./a", '"."'],
    ["a/../b", '".."'],
    ["..", '".."'],
    ["a\\b", "backslash"],
    ["a\nb", "control"],
    ["a\0b", "control"],
    ["\uD800", "Unicode"],
    [".git/config", ".git"],
    ["a/.GIT/b", ".git"],
    [".git. /a", ".git"],
    [".git::$INDEX_ALLOCATION/a", ".git"],
    ["GIT~1/a", ".git"],
    ["git~2 /a", ".git"],
    [".g\u200Cit/a", ".git"],
    [".gitmodules", ".gitmodules"],
    ["a/.GitModules", ".gitmodules"],
    [".gitmodules .", ".gitmodules"],
    [".git\u200Dmodules", ".gitmodules"],
    [".gitmodules:x", ".gitmodules"],
    ["GITMOD~1", ".gitmodules"],
    ["gi7eba~1", ".gitmodules"],
    [".gitattributes", ".gitattributes"],
    ["a/b/.GITATTRIBUTES", ".gitattributes"],
    ["gitatt~4", ".gitattributes"],
    ["gi7d29~1", ".gitattributes"],
    [".github/workflows", ".github/workflows"],
    [".github/workflows/ci.yaml", ".github/workflows"],
    [".GitHub/Workflows/a/b.yaml", ".github/workflows"],
    [".github./workflows /ci.yaml", ".github/workflows"],
    ["GITHUB~1/WORKFL~1/ci.yaml", ".github/workflows"],
    [".github/wor\u212Aflows/ci.yaml", ".github/workflows"],
    [".git\uFEFFhub/workflows/ci.yaml", ".github/workflows"],
    [".github/actions/x/action.yml", ".github/actions"],
    [".gitea/workflows/ci.yaml", ".gitea/workflows"],
    [".forgejo/workflows/ci.yaml", ".forgejo/workflows"],
    ["FORGEJ~1/workflows/ci.yaml", ".forgejo/workflows"],
    [".gitlab-ci.yml", ".gitlab-ci.yml"],
    [".GitLab-CI.YML", ".gitlab-ci.yml"],
    ["GITLAB~1.YML", ".gitlab-ci.yml"],
    ["bitbucket-pipelines.yml", "bitbucket-pipelines.yml"],
  ])("must not be %j", (path, words) => {
    expect(repositoryPathProblem(path)).toContain(words);
  });

  it("is guarded in any case and with anything invisible in it", () => {
    const names = fc.constantFrom(".git", ".gitmodules", ".gitattributes", ".github/workflows");
    const noise = fc.constantFrom("", "\u200B", "\u200E", "\u2060", "\uFEFF");
    fc.assert(
      fc.property(
        names,
        fc.infiniteStream(fc.boolean()),
        fc.infiniteStream(noise),
        (name, up, more) => {
          const letters = Array.from(name, (letter) => {
            const isUpper = up.next().value === true;
            return `${isUpper ? letter.toUpperCase() : letter}${more.next().value ?? ""}`;
          });
          expect(repositoryPathProblem(letters.join(""))).toBeDefined();
        },
      ),
    );
  });

  it("is judged in a time that grows with its length only", () => {
    for (const path of [". ".repeat(500_000) + "x", "~1".repeat(500_000), "a/".repeat(500_000)]) {
      repositoryPathProblem(`${path}b`);
    }
  });
});
