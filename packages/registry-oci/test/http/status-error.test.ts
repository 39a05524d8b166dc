import { expect, it } from "vitest";
import { errorDetails } from "../../src/http/error-details.js";
import { statusError } from "../../src/http/status-error.js";
import type { HttpResponse } from "../../src/http/http-message.js";

const place = { host: "ghcr.io", repository: "team/app", reference: "1.0" };
const now = new Date("2026-01-01T00:00:00Z");

function answer(status: number, body = "", headers: Record<string, string> = {}): HttpResponse {
  return {
    status,
    body: Buffer.from(body),
    headers: new Map(Object.entries(headers)),
    url: new URL("https://ghcr.io/"),
  };
}

it.each([
  [401, "unauthorized", false],
  [403, "forbidden", false],
  [404, "not-found", false],
  [408, "timeout", true],
  [429, "rate-limited", true],
  [500, "unavailable", true],
  [503, "unavailable", true],
  [400, "invalid-response", false],
  [302, "invalid-response", false],
])("makes %i %s", (status, code, retryable) => {
  const error = statusError(answer(status), place, "the tags", now);
  expect(error).toMatchObject({ code, retryable, context: { ...place, status } });
});

it("says what was asked, what came, and when to try again", () => {
  const body = '{"errors":[{"code":"toomanyrequests","message":"slow\\n down"}]}';
  const error = statusError(answer(429, body, { "retry-after": "30" }), place, "the tags", now);
  expect(error.message).toBe(
    "ghcr.io/team/app:1.0: the tags: answered 429 (TOOMANYREQUESTS: slow down), try again in 30 s",
  );
  expect(error.context.retryAfterSeconds).toBe(30);
});

it("shortens what the server says and hides queries", () => {
  const said = `see https://s3/x?X-Signature=secret ${"x".repeat(1000)}`;
  const body = JSON.stringify({ errors: [{ code: "DENIED", message: said }] });
  const error = statusError(answer(403, body), place, "the tags", now);
  expect(error.message).not.toContain("secret");
  expect(error.message.length).toBeLessThan(300);
});

it.each([
  ["", []],
  ["<html>", []],
  ["{}", []],
  ['{"errors":{}}', []],
  ['{"errors":[{"code":"denied","message":1,"detail":{"x":1}}]}', [{ code: "DENIED" }]],
])("errorDetails reads %j", (body, details) => {
  expect(errorDetails(answer(400, body))).toEqual(details);
});
