import type { GitCredential } from "@image-updater/core";
import { expect, it } from "vitest";
import { parseRepositoryUrl } from "@image-updater/git-remote";
import { authorizationOf } from "../../src/access/authorization.js";

const ANONYMOUS: GitCredential = { kind: "anonymous" };
const BEARER: GitCredential = { kind: "bearer", token: "other" };

it.each([
  ["https://ci:t0ken@example.com/o/r", ANONYMOUS, "t0ken"],
  ["https://t0ken@example.com/o/r", ANONYMOUS, "t0ken"],
  ["https://t0ken:@example.com/o/r", ANONYMOUS, "t0ken"],
  ["https://t0ken:x-oauth-basic@example.com/o/r", ANONYMOUS, "t0ken"],
  ["https://ci:t%40ken@example.com/o/r", ANONYMOUS, "t@ken"],
  ["https://ci:t0ken@example.com/o/r", BEARER, "other"],
  ["https://example.com/o/r", { kind: "basic", username: "t0ken", password: "" }, "t0ken"],
  ["https://example.com/o/r", { kind: "basic", username: "ci", password: "t0ken" }, "t0ken"],
  ["https://example.com/o/r", ANONYMOUS, undefined],
] as const)("of %s with %o has the token %s, which is a secret", (url, credential, token) => {
  const found = authorizationOf(credential, parseRepositoryUrl(url, { allowHttp: false }));
  expect(found.token).toBe(token);
  expect(found.secrets[0]).toBe(token);
});
