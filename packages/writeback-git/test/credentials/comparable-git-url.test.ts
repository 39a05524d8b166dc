import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  comparableGitUrl,
  isSameRepository,
  matchPrefix,
  type ComparableGitUrl,
} from "../../src/credentials/comparable-git-url.js";

function parse(text: string): ComparableGitUrl {
  const url = comparableGitUrl(text);
  if (url === undefined) throw new Error(`${text} is not an address`);
  return url;
}

const isSame = (one: string, other: string): boolean => isSameRepository(parse(one), parse(other));

describe("two addresses", () => {
  it.each([
    ["https://github.com/team/app", "https://github.com/team/app.git"],
    ["https://github.com/team/app", "https://GitHub.com/Team/App"],
    ["https://github.com/team/app", " https://github.com/team/app.git/ "],
    ["https://github.com/team/app", "https://github.com:443/team/app"],
    ["http://git.test/team/app", "http://git.test:80/team/app"],
    ["https://dev.azure.com/org/_git/app", "https://org@dev.azure.com/org/_git/app"],
    ["https://github.com/team/app", "https://u:p@github.com/team/app"],
    ["git@github.com:team/app.git", "ssh://git@github.com/team/app"],
    ["git@github.com:team/app", "git@github.com:/team/app.git"],
    ["git@github.com:team/app", "ssh://git@github.com:22/team/app.git"],
    ["git@github.com:team/app", "ssh://github.com/team/app"],
    ["git@github.com:team/app", "github.com:team/app"],
    ["git@[::1]:team/app", "ssh://git@[::1]/team/app"],
  ])("%s and %s are one repository", (one, other) => {
    expect(isSame(one, other)).toBe(true);
  });

  it.each([
    ["https://github.com/team/app", "http://github.com/team/app"],
    ["https://github.com/team/app", "https://github.com/team/app2"],
    ["https://github.com/team/app", "https://github.com/team/app/more"],
    ["https://github.com/team/app", "https://github.com:8443/team/app"],
    ["https://github.com/team/app", "https://github.com.evil.test/team/app"],
    ["https://github.com/team/app", "https://github.com@evil.test/team/app"],
    ["https://github.com/team/app", "git@github.com:team/app"],
    ["git@github.com:team/app", "other@github.com:team/app"],
    ["git@github.com:team/app", "ssh://git@github.com:2222/team/app"],
  ])("%s and %s are two repositories", (one, other) => {
    expect(isSame(one, other)).toBe(false);
  });
});

describe("a prefix", () => {
  it.each([
    ["https://github.com/team", "https://github.com/team/app.git", true],
    ["https://github.com/team/", "https://github.com/team/app", true],
    ["https://github.com", "https://github.com/team/app", true],
    ["https://github.com/", "https://github.com/team/app", true],
    ["https://GITHUB.com/Team", "https://github.com/team/app", true],
    ["https://github.com/team", "https://github.com/team-two/app", true],
    ["https://github.com/team/", "https://github.com/team-two/app", false],
    ["https://github.com/team/app.git", "https://github.com/team/app", true],
    ["https://github.com/team/app/", "https://github.com/team/app/", true],
    ["https://github.com/team/app/", "https://github.com/team/app", false],
    ["https://github.com", "https://github.com.evil.test/team/app", false],
    ["https://github.com", "https://github.com:8443/team/app", false],
    ["https://github.com:84", "https://github.com:8443/team/app", false],
    ["https://github.com", "https://github.com@evil.test/team/app", false],
    ["https://git", "https://github.com/team/app", false],
    ["https://github.com", "http://github.com/team/app", false],
    ["https://github.com/team/../", "https://github.com/other/app", true],
    ["https://github.com/team", "https://github.com/team/../other/app", false],
    ["git@github.com:team", "git@github.com:team/app", true],
    ["git@github.com:team", "ssh://git@github.com/team/app", true],
    ["git@github.com", "git@github.com:team/app", true],
    ["git@github.com:", "git@github.com:team/app", true],
    ["ssh://git@github.com", "git@github.com:team/app", true],
    ["git@github.com", "git@github.com.evil.test:team/app", false],
    ["git@github.com", "me@github.com:team/app", false],
  ])("%s of %s: %s", (prefix, url, expected) => {
    expect(matchPrefix(parse(url), parse(prefix)) !== undefined).toBe(expected);
  });
});

it.each([
  [""],
  ["   "],
  ["github.com"],
  ["https://"],
  ["ssh://"],
  ["ssh://git@/x"],
  ["no url at all"],
])("%j is not an address", (text) => {
  expect(comparableGitUrl(text)).toBeUndefined();
});

describe("every address", () => {
  const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9-]{0,8}$/u);
  const host = fc.tuple(word, word).map(([name, domain]) => `${name}.${domain}.test`);
  const path = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

  const recase = (text: string, mask: number): string =>
    text.replaceAll(/[a-z]/giu, (letter: string, at: number) =>
      ((mask >> (at % 16)) & 1) === 1 ? letter.toUpperCase() : letter.toLowerCase(),
    );

  it("is the same repository in every spelling, by HTTP and by SSH", () => {
    fc.assert(
      fc.property(
        host,
        path,
        fc.nat(65_535),
        fc.constantFrom("", ".git", "/", ".git/", "//"),
        (name, rest, mask, end) => {
          const web = `https://${name}/${rest}`;
          for (const login of ["", "me@", "me:secret@"]) {
            for (const port of ["", ":443"]) {
              const spelling = recase(`https://${login}${name}${port}/${rest}${end}`, mask);
              expect(isSame(web, spelling)).toBe(true);
            }
          }
          const short = `git@${name}:${rest}`;
          for (const spelling of [
            `ssh://git@${name}/${rest}${end}`,
            `ssh://git@${name}:22/${rest}${end}`,
            `ssh://${name}/${rest}${end}`,
            `git@${name}:${rest}${end}`,
          ]) {
            expect(isSame(short, recase(spelling, mask))).toBe(true);
          }
          expect(isSame(web, short)).toBe(false);
        },
      ),
    );
  });

  it("has no prefix on another server, whatever stands in it", () => {
    const text = fc.oneof(
      fc.webUrl(),
      fc.string(),
      fc.string().map((end) => `https://a.test${end}`),
    );
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [url, prefix] = [comparableGitUrl(one), comparableGitUrl(other)];
        if (url === undefined || prefix === undefined) return;
        if (url.origin === prefix.origin) return;
        expect(matchPrefix(url, prefix)).toBeUndefined();
        expect(isSameRepository(url, prefix)).toBe(false);
      }),
    );
  });

  it("goes to the server that a request for it would go to", () => {
    const text = fc.oneof(
      fc.webUrl(),
      fc.string().map((rest) => `https://${rest}`),
    );
    fc.assert(
      fc.property(text, (url) => {
        const comparable = comparableGitUrl(url);
        if (comparable === undefined || !URL.canParse(url)) return;
        expect(comparable.origin).toBe(new URL(url).origin.toLowerCase());
      }),
    );
  });
});
