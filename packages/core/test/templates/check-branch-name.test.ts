import { describe, expect, it } from "vitest";
import { checkBranchName } from "../../src/templates/check-branch-name.js";

describe("checkBranchName", () => {
  it.each([
    "main",
    "image-updater-foo/bar-1.1",
    "a@b",
    "a{b}",
    "a-",
    "a/-b",
    "a.lockb",
    "HEAD/a",
    "é",
    "a\u0080",
    "#1!$%&'()+,;=]",
  ])("accepts %j", (name) => {
    expect(checkBranchName(name)).toBeUndefined();
  });

  it.each([
    ["", undefined],
    ["@", undefined],
    ["HEAD", undefined],
    ["-a", 0],
    ["a.", 1],
    ["a..b", 1],
    ["a@{b", 1],
    ["app-sha256:abc", 10],
    ["a b", 1],
    ["a\n", 1],
    ["a\u007f", 1],
    ["a~1", 1],
    ["a^", 1],
    ["a?", 1],
    ["a*", 1],
    ["a[b", 1],
    ["a\\b", 1],
    ["/a", 0],
    ["a/", 2],
    ["a//b", 2],
    ["a/.b", 2],
    [".a", 0],
    ["a.lock", 0],
    ["a/b.lock/c", 2],
  ])("refuses %j at offset %j", (name, offset) => {
    const diagnostic = checkBranchName(name);
    expect(diagnostic).toMatchObject({ severity: "error", code: "invalid-branch-name" });
    expect(diagnostic?.where.offset).toBe(offset);
  });

  it("suspects a digest behind a colon", () => {
    expect(checkBranchName("app-sha256:abc")?.message).toBe(
      '"app-sha256:abc" is not a branch name for Git: it contains ":"; does a tag hold a digest?',
    );
  });
});
