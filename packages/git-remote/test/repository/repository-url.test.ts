import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GitRemoteError } from "../../src/git-remote-error.js";
import {
  parseRepositoryUrl,
  withoutUserInfo,
  type RepositoryUrl,
} from "../../src/repository/repository-url.js";
import { runsOf } from "../../../../test/setup/whole.js";

const parse = (text: string): RepositoryUrl => parseRepositoryUrl(text, { allowHttp: false });

it.each([
  ["https://Example.COM/team/App.git", "https://example.com/team/App"],
  ["https://example.com:443/team/App/", "https://example.com/team/App"],
  ["https://example.com/team/App.git//", "https://example.com/team/App"],
  ["https://u:p@example.com/team/App#x", "https://example.com/team/App"],
  ["https://example.com:8443/team/App", "https://example.com:8443/team/App"],
])("gives %s the key %s", (text, key) => {
  expect(parse(text)).toMatchObject({ key, protocol: "https" });
});

it("takes user information out of the URL, decoded", () => {
  const { url, userInfo } = parse("https://me%40work:p%2Fw%zz@example.com/a.git");
  expect(url).toBe("https://example.com/a.git");
  expect(userInfo).toEqual({ username: "me@work", password: "p%2Fw%zz" });
});

it.each([
  ["https://u:p@w@example.com/a?t=s", "https://example.com/a"],
  ["git@example.com:team/a.git", "example.com:team/a.git"],
  ["https://example.com/a@b", "https://example.com/a@b"],
  ["https://me:pass/word@example.com/a", "https://example.com/a"],
  ["https://me:pass#word@example.com/a", "https://example.com/a"],
  ["https://me:1?2@example.com/a", "https://example.com/a"],
  ["me:pass#word@example.com:a", "example.com:a"],
  ["ssh://git@example.com:team/a.git", "ssh://example.com:team/a.git"],
  ["no url at all", "no url at all"],
])("shows %s as %s", (text, shown) => {
  expect(withoutUserInfo(text)).toBe(shown);
});

describe("an address for SSH", () => {
  it.each([
    ["git@example.com:team/App.git", "git", "example.com", 22, "team/App.git"],
    ["example.com:team/App.git", undefined, "example.com", 22, "team/App.git"],
    ["git@Example.COM:/srv/App.git/", "git", "example.com", 22, "/srv/App.git"],
    ["git@example.com:~/App.git", "git", "example.com", 22, "~/App.git"],
    ["git@example.com:~bot/App.git", "git", "example.com", 22, "~bot/App.git"],
    ["git@example.com:/~bot/App.git", "git", "example.com", 22, "~bot/App.git"],
    ["git@[2001:DB8::1]:a.git", "git", "2001:db8::1", 22, "a.git"],
    ["me@work@example.com:a.git", "me@work", "example.com", 22, "a.git"],
    ["git@example.com:a b/it's!.git", "git", "example.com", 22, "a b/it's!.git"],
    ["git@example.com:100%41.git", "git", "example.com", 22, "100%41.git"],
    ["git@example.com:2222/a.git", "git", "example.com", 22, "2222/a.git"],
    ["ssh://git@example.com/team/App.git", "git", "example.com", 22, "/team/App.git"],
    ["ssh://example.com/team/App.git/", undefined, "example.com", 22, "/team/App.git"],
    ["SSH://git@Example.com:2222/team/App", "git", "example.com", 2222, "/team/App"],
    ["ssh://git@example.com:/team/App", "git", "example.com", 22, "/team/App"],
    ["ssh://git@example.com/~/App.git", "git", "example.com", 22, "~/App.git"],
    ["ssh://git@example.com/~bot/App.git", "git", "example.com", 22, "~bot/App.git"],
    ["ssh://git@[::1]:2222/a.git", "git", "::1", 2222, "/a.git"],
    ["ssh://git@[::1]/a.git", "git", "::1", 22, "/a.git"],
    ["ssh://me%40work@example.com/a%20b/%C3%A4.git", "me@work", "example.com", 22, "/a b/ä.git"],
    ["ssh://git@example.com/100%zz.git", "git", "example.com", 22, "/100%zz.git"],
    ["ssh://git@example.com/100%2541.git", "git", "example.com", 22, "/100%41.git"],
    ["ssh://git@example.com//srv//a", "git", "example.com", 22, "//srv//a"],
    ["  git@example.com:a.git\n", "git", "example.com", 22, "a.git"],
  ])("%s is user %s at %s, port %i, path %s", (text, username, host, port, path) => {
    const parsed = parse(text);
    expect(parsed).toMatchObject({ protocol: "ssh", host, port, path });
    expect(parsed.userInfo?.username).toBe(username);
    expect(parsed.url).not.toContain(`${username}@`);
  });

  it.each([
    ["git@example.com:team/App.git", "ssh://example.com/~/team/App"],
    ["example.com:team/App/", "ssh://example.com/~/team/App"],
    ["ssh://git@EXAMPLE.com:22/~/team/App.git", "ssh://example.com/~/team/App"],
    ["git@example.com:~/team//App", "ssh://example.com/~/team/App"],
    ["git@example.com:/team/App.git", "ssh://example.com/team/App"],
    ["ssh://bot:secret@example.com/team//App.git/", "ssh://example.com/team/App"],
    ["ssh://example.com:2222/team/App", "ssh://example.com:2222/team/App"],
    ["git@[::1]:/a", "ssh://[::1]/a"],
    ["ssh://[::1]:22/a.git", "ssh://[::1]/a"],
  ])("%s has the key %s", (text, key) => {
    expect(parse(text).key).toBe(key);
  });

  it.each([
    ["git@example.com:team/a.git/", "git@example.com:team/a.git", "example.com:team/a.git"],
    ["example.com:a", "example.com:a", "example.com:a"],
    ["ssh://b:s@h:22/a", "ssh://b@h/a", "ssh://h/a"],
    ["ssh://b%40c@h:23/a%20b", "ssh://b%40c@h:23/a%20b", "ssh://h:23/a%20b"],
    ["ssh://b@h/~/a%25b", "ssh://b@h/~/a%25b", "ssh://h/~/a%25b"],
  ])("%s is asked for as %s, and shown as %s", (text, credentialUrl, url) => {
    expect(parse(text)).toMatchObject({ credentialUrl, url });
  });

  it.each([
    ["ssh://git@example.com", "not of the form ssh://"],
    ["ssh://git@example.com/", "names no repository"],
    ["ssh://git@example.com/~/", "names no repository"],
    ["git@example.com:", "names no repository"],
    ["git@example.com:/", "names no repository"],
    ["ssh://git@example.com:0/a", "between 1 and 65535"],
    ["ssh://git@example.com:65536/a", "between 1 and 65535"],
    ["ssh://git@example.com:x/a", "not of the form ssh://"],
    ["ssh://git@2001:db8::1/a", "not of the form ssh://"],
    ["ssh://git@/a", "not of the form ssh://"],
    ["ssh://git@exa mple.com/a", "not of the form ssh://"],
    ["ssh://git@-example.com/a", "not of the form ssh://"],
    ["ssh://git@example.com/a%0Ab", "not of the form ssh://"],
    ["ssh://git@example.com/a%00b", "not of the form ssh://"],
    ["ssh://git@example.com/a\nb", "control character"],
    ["git@example.com:a\nb", "control character"],
    ["git@example.com:a\0b", "control character"],
    ["git@example.com:-oProxyCommand=x", "begins with a dash"],
    ["ssh://git@example.com/a?token=secret", "no query"],
    ["git@example.com:a#secret", "no query"],
    ["bot:secret@example.com:a", "not an https:// URL"],
    ["bot:secret@example.com/a", "not an https:// URL"],
    ["me@work:secret@example.com:a", "not an https:// URL"],
    ["git@*:a", "not an https:// URL"],
    ["team/a:b", "not an https:// URL"],
    ["@example.com:a", "not an https:// URL"],
    ["@example.com://%", "not an https:// URL"],
    ["a.git", "not an https:// URL"],
    ["", "not an https:// URL"],
    ["file:///srv/a.git", "only https://"],
    ["git://example.com/a.git", "only https://"],
    ["ssh+git://example.com/a.git", "only https://"],
  ])("%j is refused: %s", (text, words) => {
    const error = refusalOf(text);
    expect(error?.kind).toBe("unsupported");
    expect(error?.message).toContain(words);
    expect(JSON.stringify([error?.message, error])).not.toContain("secret");
  });
});

describe("any text", () => {
  const user = fc.stringMatching(/^[\w.~%:@!-]{0,12}$/u);
  const path = fc.oneof(fc.string(), fc.stringMatching(/^[/~\w.%@:?#' -]{0,20}$/u));
  const host = fc.constantFrom("example.com", "[::1]", "EXAMPLE", "1.2.3.4", "a_b", "", "[x]");
  const shapes = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.webUrl(),
    fc.tuple(user, host, path).map(([name, at, to]) => `${name}@${at}:${to}`),
    fc
      .tuple(fc.constantFrom("ssh", "https", "SSH"), user, host, fc.string(), path)
      .map(([scheme, name, at, port, to]) => `${scheme}://${name}@${at}:${port}/${to}`),
  );

  it("is parsed or refused with a GitRemoteError", () => {
    fc.assert(
      fc.property(shapes, (text) => {
        expect(refusalOf(text)?.kind ?? "unsupported").toBe("unsupported");
      }),
      { numRuns: runsOf(2000) },
    );
  });

  it("that was parsed is parsed again to the same repository", () => {
    fc.assert(
      fc.property(shapes, (text) => {
        if (refusalOf(text) !== undefined) return;
        const first = parse(text);
        const again = parse(first.credentialUrl);
        expect(again).toMatchObject({ key: first.key, url: first.url, protocol: first.protocol });
        if (first.protocol !== "ssh" || again.protocol !== "ssh") return;
        const { host: at, port, path: to } = again;
        expect({ at, port, to }).toEqual({ at: first.host, port: first.port, to: first.path });
        expect(again.userInfo?.username).toBe(first.userInfo?.username);
      }),
      { numRuns: runsOf(2000) },
    );
  });

  it("never shows a password, whether it is parsed or refused", () => {
    const secret = "QqSecretQq";
    const withSecret = fc
      .tuple(fc.constantFrom("ssh://", "https://", "SSH://", ""), user, host, path)
      .map(([scheme, name, at, to]) => `${scheme}${name}:${secret}@${at}/${to}`);
    fc.assert(
      fc.property(withSecret, (text) => {
        const error = refusalOf(text);
        const { url, key, credentialUrl } = error === undefined ? parse(text) : NOTHING;
        const shown = [error?.message, error?.context.target, url, key, credentialUrl];
        expect(shown.join("\n")).not.toContain(secret);
      }),
      { numRuns: runsOf(2000) },
    );
  });
});

const NOTHING = { url: "", key: "", credentialUrl: "" };

function refusalOf(text: string): GitRemoteError | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof GitRemoteError)) throw error;
    return error;
  }
}
