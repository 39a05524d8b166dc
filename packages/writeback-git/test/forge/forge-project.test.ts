import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGitlabProject, parseOwnerRepository } from "../../src/forge/forge-project.js";

describe("the repository that a URL names", () => {
  it.each([
    "https://github.com/org/repo.git",
    "https://github.com/org/repo",
    "https://github.com/org/repo/",
    "https://github.com/org/repo.git/",
    "https://bot:token@github.example.com/org/repo.git",
    "https://github.com/org/repo/extra/path.git",
    "http://127.0.0.1:30003/org/repo.git",
    "git@github.com:org/repo.git",
    "git@github.com:org/repo",
    "git@github.com:/org/repo.git",
    "github.com:org/repo.git",
    "ssh://git@github.com/org/repo.git",
    "ssh://git@github.example.com:2222/org/repo.git",
    "  https://github.com/org/repo.git\n",
  ])("is org/repo in %s", (url) => {
    expect(parseOwnerRepository(url)).toEqual({ owner: "org", repository: "repo" });
  });

  it.each([
    "https://127.0.0.1:30003/testdata.git",
    "http://127.0.0.1:30003/testdata.git",
    "git@github.com:testdata.git",
    "https://github.com/",
    "https://github.com",
    "https://github.com/org/.git",
    "https://",
    "org/repo",
    "",
  ])("is none in %o", (url) => {
    expect(parseOwnerRepository(url)).toBeUndefined();
    expect(parseGitlabProject(url)).toBeUndefined();
  });

  it("keeps what its name means", () => {
    expect(parseOwnerRepository("https://github.com/org/my.github.io")).toEqual({
      owner: "org",
      repository: "my.github.io",
    });
  });
});

describe("the GitLab project that a URL names", () => {
  it.each([
    ["git@gitlab.com:g/s/r.git", "g/s/r"],
    ["https://gitlab.com/g/s/r.git", "g/s/r"],
    ["https://gitlab.example.com:8443/g/r", "g/r"],
    ["ssh://git@gitlab.com:22/a/b/c/d/e.git", "a/b/c/d/e"],
    ["https://gitlab.com/g/s/r/", "g/s/r"],
    ["https://gitlab.com/g%2Bx/r.git", "g+x/r"],
    ["https://gitlab.com/g%/r.git", "g%/r"],
  ])("of %s is %s", (url, project) => {
    expect(parseGitlabProject(url)).toBe(project);
  });

  it("is the same in every form of a URL", () => {
    const name = fc.stringMatching(/^[a-z0-9_][a-z0-9_-]{0,8}$/u);
    const groups = fc.array(name, { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(groups, (segments) => {
        const path = segments.join("/");
        for (const start of ["https://h.example/", "git@h.example:", "ssh://git@h.example:2222/"]) {
          for (const end of ["", ".git", "/"]) {
            expect(parseGitlabProject(`${start}${path}${end}`)).toBe(path);
          }
        }
      }),
    );
  });

  it("is looked for in any text without a throw", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseGitlabProject(text);
        parseOwnerRepository(text);
      }),
    );
  });
});
