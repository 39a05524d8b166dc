import { expect, it } from "vitest";
import { parseRetryAfter } from "@image-updater/http";

const now = new Date("2026-01-01T00:00:00Z");

it.each([
  ["120", 120],
  ["0", 0],
  [" 7 ", 7],
  ["Thu, 01 Jan 2026 00:00:30 GMT", 30],
  ["Thursday, 01-Jan-26 00:00:30 GMT", 30],
  ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
  ["-1", undefined],
  ["1.5", undefined],
  ["soon", undefined],
  ["2026-01-01T00:01:00Z", undefined],
  ["Thu, 99 Foo 2026 00:00:30 GMT", undefined],
  ["99999999999999", undefined],
  ["", undefined],
  [undefined, undefined],
])("parseRetryAfter reads %j as %j", (value, seconds) => {
  expect(parseRetryAfter(value, now)).toBe(seconds);
});
