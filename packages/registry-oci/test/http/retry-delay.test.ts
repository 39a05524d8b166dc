import { expect, it } from "vitest";
import { retryDelayMs } from "../../src/http/retry-delay.js";

const now = new Date("2026-01-01T00:00:00Z");
const at = now.getTime() / 1000;

function answer(status: number, headers: Record<string, string>, body = "") {
  return { status, headers: new Map(Object.entries(headers)), body: Buffer.from(body) };
}

function said(message: string): string {
  return JSON.stringify({ errors: [{ code: "TOOMANYREQUESTS", message }] });
}

it.each([
  ["seconds", { "retry-after": "7" }, 7000],
  ["a date", { "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }, 30_000],
  ["a Unix time", { "x-retry-after": String(at + 12) }, 12_000],
  ["a Unix time in the past", { "x-retry-after": String(at - 12) }, 0],
  ["seconds where a Unix time should be", { "x-retry-after": "12" }, 12_000],
  ["both, of which the standard one counts", { "retry-after": "3", "x-retry-after": "9" }, 3000],
  ["no time", { "x-retry-after": "soon" }, undefined],
  ["nothing", {}, undefined],
])("retryDelayMs reads %s", (_, headers, expected) => {
  expect(retryDelayMs(answer(503, headers as Record<string, string>), now)).toBe(expected);
});

it.each([
  ["retry-after: 1.16676ms, allowed: 44000/minute", 1.16676],
  ["retry-after: 880.092µs, allowed: 44000/minute", 0.880092],
  ["retry-after: 880.092us, allowed: 44000/minute", 0.880092],
  ["retry-after: 500000ns", 0.5],
  ["retry-after: 1.2s", 1200],
  ["retry-after: 1m0.5s", 60_500],
  ["retry-after: 1h2m3s", 3_723_000],
  ["Retry-After: 2s", 2000],
  ["retry-after: 12", undefined],
  ["retry-after: soon", undefined],
  ["slow down", undefined],
])("retryDelayMs reads the message %j of a 429", (message, expected) => {
  const plain = answer(429, {}, `toomanyrequests: ${message}`);
  const delays = [answer(429, {}, said(message)), plain].map((one) => retryDelayMs(one, now));
  const nanoseconds = delays.map((ms) => (ms === undefined ? undefined : Math.round(ms * 1e6)));
  const wanted = expected === undefined ? undefined : Math.round(expected * 1e6);
  expect(nanoseconds).toEqual([wanted, wanted]);
});

it("retryDelayMs believes a header before a message, and no message of another status", () => {
  const body = said("retry-after: 5s");
  expect(retryDelayMs(answer(429, { "retry-after": "1" }, body), now)).toBe(1000);
  expect(retryDelayMs(answer(404, {}, body), now)).toBeUndefined();
});
