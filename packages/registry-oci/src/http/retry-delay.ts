import { parseRetryAfter } from "@image-updater/http";
import { errorDetails } from "./error-details.js";
import type { HttpResponse } from "./http-message.js";

/** A number below this is no time of the present: it can only be meant as seconds to wait. */
const FIRST_TIMESTAMP = 1_000_000_000;
const TIMESTAMP = /^\d{1,12}$/;
const IN_MESSAGE = /\bretry-after:\s*((?:\d{1,12}(?:\.\d{1,12})?(?:ns|us|µs|μs|ms|s|m|h))+)/;
const DURATION_PART = /(?<!\d)(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/g;

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["μs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/**
 * How long the answer asks to wait, in milliseconds; `undefined` when it does not say.
 *
 * It may say so as `Retry-After`, as Docker Hub's `X-Retry-After` (a Unix time), or, as GHCR, with a Go
 * duration in the message of a 429: `retry-after: 1.16676ms, allowed: 44000/minute`.
 */
export function retryDelayMs(
  { status, headers, body }: Pick<HttpResponse, "status" | "headers" | "body">,
  now: Date,
): number | undefined {
  const seconds = parseRetryAfter(headers.get("retry-after"), now);
  if (seconds !== undefined) return seconds * 1000;
  const untilTime = delayUntil(headers.get("x-retry-after"), now);
  if (untilTime !== undefined || status !== 429) return untilTime;
  return delayInMessage(body);
}

function delayUntil(value: string | undefined, now: Date): number | undefined {
  const text = value?.trim() ?? "";
  if (!TIMESTAMP.test(text)) return undefined;
  const number = Number(text);
  if (number < FIRST_TIMESTAMP) return number * 1000;
  return Math.max(0, number * 1000 - now.getTime());
}

function delayInMessage(body: Uint8Array): number | undefined {
  const details = errorDetails({ body });
  const text =
    details.length === 0
      ? new TextDecoder().decode(body)
      : details.map(({ message }) => message ?? "").join("\n");
  const [, duration] = IN_MESSAGE.exec(text.toLowerCase()) ?? [];
  if (duration === undefined) return undefined;
  const parts = [...duration.matchAll(DURATION_PART)];
  return parts.reduce((sum, [, number, unit = ""]) => {
    return sum + Number(number) * (UNIT_MS.get(unit) ?? 0);
  }, 0);
}
