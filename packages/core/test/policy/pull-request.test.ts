import { describe, expect, it } from "vitest";
import { mergeWriteBack } from "../../src/policy/merge-write-back.js";
import { parseWriteBack } from "../../src/policy/parse-write-back.js";
import type { GitConfig, PullRequestConfig } from "../../src/policy/write-back-config.js";

function parse(gitConfig: GitConfig, method = "git"): ReturnType<typeof parseWriteBack> {
  return parseWriteBack(
    { method, gitConfig },
    {
      locate: (setting, item) => ({ field: item === undefined ? setting : `${setting}[${item}]` }),
    },
  );
}

function problemsOf(gitConfig: GitConfig, method?: string): readonly string[] {
  const { value, diagnostics } = parse(gitConfig, method);
  expect(value).toBeUndefined();
  return diagnostics.map(({ severity, code, where }) => `${severity} ${code} ${where.field}`);
}

describe("parseWriteBack on a pull request", () => {
  it.each<[PullRequestConfig, string, readonly string[]]>([
    [{ github: {} }, "github", []],
    [{ gitlab: {}, labels: [] }, "gitlab", []],
    [{ gitea: {}, labels: [" a ", "", "b", "a", " "] }, "gitea", ["a", "b"]],
    [{ github: {}, labels: ["é".repeat(255)] }, "github", ["é".repeat(255)]],
  ])("reads %j", (pullRequest, forge, labels) => {
    const { value, diagnostics } = parse({ pullRequest, branch: " main " });
    expect(value?.pullRequest).toEqual({ forge, labels });
    expect(value?.baseBranch).toBe("main");
    expect(diagnostics).toEqual([]);
  });

  it("takes 100 labels, repeated and blank ones not counted", () => {
    const labels = Array.from({ length: 100 }, (_, index) => `label-${index}`);
    const given = { github: {}, labels: [...labels, "label-0", " "] };
    expect(parse({ pullRequest: given }).value?.pullRequest?.labels).toEqual(labels);
  });

  it.each<[string, PullRequestConfig, string]>([
    ["without a forge", {}, "pullRequest"],
    ["on two forges", { github: {}, gitea: {} }, "pullRequest"],
    ["with a long label", { gitlab: {}, labels: ["", "a".repeat(256)] }, "pullRequestLabels[1]"],
    [
      "with too many labels",
      { gitlab: {}, labels: Array.from({ length: 101 }, (_, index) => `${index}`) },
      "pullRequestLabels",
    ],
  ])("%s is refused", (_what, pullRequest, field) => {
    expect(problemsOf({ pullRequest })).toEqual([`error invalid-pull-request ${field}`]);
  });

  it.each(["main:img-{{.SHA256}}", ":img", "main:", ":"])("refuses the branch %j", (branch) => {
    expect(problemsOf({ branch, pullRequest: { github: {} } })).toEqual([
      "error invalid-git-branch branch",
    ]);
  });

  it("says once that a branch has two colons", () => {
    expect(problemsOf({ branch: "a:b:c", pullRequest: { github: {} } })).toEqual([
      "error invalid-git-branch branch",
    ]);
  });

  it("needs Git: a change nobody reviewed is not what was asked for", () => {
    expect(problemsOf({ branch: "main", pullRequest: { github: {} } }, "argocd")).toEqual([
      "error invalid-pull-request pullRequest",
      "warning unused-write-back branch",
    ]);
    expect(problemsOf({ pullRequest: { github: {} } }, "")).toEqual([
      "error invalid-pull-request pullRequest",
    ]);
  });
});

describe("mergeWriteBack", () => {
  it("lays field over field, also where a level is absent", () => {
    const broader = { method: "git", gitConfig: { branch: "main", repository: "https://a" } };
    expect(mergeWriteBack(broader, { gitConfig: { branch: "next" } })).toEqual({
      method: "git",
      gitConfig: { branch: "next", repository: "https://a" },
    });
    expect(mergeWriteBack(undefined, broader)).toEqual(broader);
    expect(mergeWriteBack(broader, undefined)).toEqual(broader);
  });

  it("replaces a pull request as a whole, with its labels", () => {
    const broader = { gitConfig: { pullRequest: { github: {}, labels: ["a"] } } };
    const narrower = { gitConfig: { pullRequest: { gitlab: {} } } };
    expect(mergeWriteBack(broader, narrower).gitConfig?.pullRequest).toEqual({ gitlab: {} });
    expect(mergeWriteBack(broader, {}).gitConfig?.pullRequest).toEqual(
      broader.gitConfig.pullRequest,
    );
  });
});
