import { expect, it } from "vitest";
import { redactUserInfo } from "../../src/update/redact-user-info.js";

it.each([
  ["https://user:pass@host/x.git", "https://host/x.git"],
  ["https://token@host:8443/x", "https://host:8443/x"],
  ["https://user:p@ss@host/x", "https://host/x"],
  ["HTTPS://u:p@host/x", "HTTPS://host/x"],
  ["ssh://git@host/x.git", "ssh://host/x.git"],
  ["git+ssh://git@host/x", "git+ssh://host/x"],
  ["https://host/path@v1", "https://host/path@v1"],
  ["git@host:team/x.git", "git@host:team/x.git"],
  ["no URL, mail me@host", "no URL, mail me@host"],
  ['fetch "https://u:p@a/x" then https://u:p@b', 'fetch "https://a/x" then https://b'],
])("shows %s as %s", (text, shown) => {
  expect(redactUserInfo(text)).toBe(shown);
});

it.each([["a"], ["://"], ["a://b"], ["@"], ["://@"]])("reads a long text of %j", (part) => {
  const text = part.repeat(100_000);
  expect(redactUserInfo(`${text} https://u:p@host`)).toMatch(/ https:\/\/host$/u);
});
