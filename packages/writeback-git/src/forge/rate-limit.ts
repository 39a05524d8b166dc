import { parseRetryAfter } from "@image-updater/http";
import { messageOfAnswer, type ForgeAnswer } from "./forge-answer.js";

/** That a forge asks to send fewer requests, and for how long, if it says so. */
export interface RateLimit {
  readonly waitSeconds: number | undefined;
}

/**
 * Whether an answer turns a request away for there were too many: status 429, or GitHub's 403 with a
 * `Retry-After`, no request left, or words that say so.
 */
export function rateLimitOf(answer: Omit<ForgeAnswer, "bytes">, now: Date): RateLimit | undefined {
  const { status, headers } = answer;
  const retryAfter = headers["retry-after"];
  const isLimited =
    status === 429 ||
    (status === 403 &&
      (retryAfter !== undefined ||
        headers["x-ratelimit-remaining"] === "0" ||
        /rate limit/iu.test(messageOfAnswer(answer))));
  if (!isLimited) return undefined;
  const reset = headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"];
  return { waitSeconds: parseRetryAfter(retryAfter, now) ?? secondsUntil(reset, now) };
}

/** A moment in seconds since 1970. */
function secondsUntil(reset: string | undefined, now: Date): number | undefined {
  return /^\d{1,12}$/u.test(reset ?? "") ? secondsBetween(now, Number(reset) * 1000) : undefined;
}

function secondsBetween(now: Date, at: number): number {
  return Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
