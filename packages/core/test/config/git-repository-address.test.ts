import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSameGitRepository } from "../../src/config/git-repository-address.js";

describe("two addresses", () => {
  it.each([
    ["https://git.example/o/r.git", "https://git.example/o/r"],
    ["https://git.example/o/r/", "https://git.example/o/r"],
    ["https://git.example/o/r.git/", " https://git.example/o/r\n"],
    ["https://GIT.example/o/r", "https://git.example/O/R"],
    ["https://git.example:443/o/r", "https://git.example/o/r"],
    ["https://bot:secret@git.example/o/r", "https://git.example/o/r"],
    ["git@git.example:o/r.git", "https://git.example/o/r"],
    ["git@git.example:o/r", "ssh://git@git.example:22/o/r.git"],
    ["git.example:o/r", "ssh://git.example/o/r"],
    ["ssh://git@git.example:7999/o/r", "https://git.example:8443/o/r"],
    ["http://git.example/o/r", "https://git.example/o/r"],
    ["git@[::1]:o/r", "ssh://git@[::1]/o/r"],
    ["/srv/git/r", "/srv/git/r "],
  ])("%s and %s name one repository", (one, other) => {
    expect(isSameGitRepository(one, other)).toBe(true);
    expect(isSameGitRepository(other, one)).toBe(true);
  });

  it.each([
    ["https://git.example/o/r", "https://git.example/o/r2"],
    ["https://git.example/o/r", "https://git.example/o/r/more"],
    ["https://git.example/o/r", "https://git.example.evil/o/r"],
    ["https://git.example/o/r", "https://git.example@evil.test/o/r"],
    ["https://git.example:8443/o/r", "https://git.example:9443/o/r"],
    ["ssh://git@git.example:7999/o/r", "ssh://git@git.example/o/r"],
    ["/srv/git/r", "/srv/git/r.git"],
    ["", "https://git.example/o/r"],
  ])("%s and %s name two", (one, other) => {
    expect(isSameGitRepository(one, other)).toBe(false);
    expect(isSameGitRepository(other, one)).toBe(false);
  });

  it("are compared in any form, and every text names the same as itself", () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom("@", ":", "/", "[", "]", ".git", "a") }),
      fc.string().map((end) => `https://${end}`),
    );
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(isSameGitRepository(one, one)).toBe(true);
        expect(isSameGitRepository(one, other)).toBe(isSameGitRepository(other, one));
      }),
    );
  });
});
