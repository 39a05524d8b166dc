import { expect, it } from "vitest";
import { parseRepositoryUrl, withoutUserInfo } from "../../src/repository/repository-url.js";

it.each([
  ["https://Example.COM/team/App.git", "https://example.com/team/App"],
  ["https://example.com:443/team/App/", "https://example.com/team/App"],
  ["https://example.com/team/App.git//", "https://example.com/team/App"],
  ["https://u:p@example.com/team/App#x", "https://example.com/team/App"],
  ["https://example.com:8443/team/App", "https://example.com:8443/team/App"],
])("gives %s the key %s", (text, key) => {
  expect(parseRepositoryUrl(text, { allowHttp: false }).key).toBe(key);
});

it("takes user information out of the URL, decoded", () => {
  const text = "https://me%40work:p%2Fw%zz@example.com/a.git";
  const { url, userInfo } = parseRepositoryUrl(text, { allowHttp: false });
  expect(url).toBe("https://example.com/a.git");
  expect(userInfo).toEqual({ username: "me@work", password: "p%2Fw%zz" });
});

it.each([
  ["https://u:p@w@example.com/a?t=s", "https://example.com/a"],
  ["git@example.com:team/a.git", "example.com:team/a.git"],
  ["https://example.com/a@b", "https://example.com/a@b"],
  ["no url at all", "no url at all"],
])("shows %s as %s", (text, shown) => {
  expect(withoutUserInfo(text)).toBe(shown);
});
