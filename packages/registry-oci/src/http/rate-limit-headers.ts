import type { HttpResponse } from "./http-message.js";

/** What a registry says of its own limit. */
export interface RateLimitStatus {
  /** Requests, or pulls, of one window. */
  readonly limit: number;
  /** How many of them are left. */
  readonly remaining: number;
  /** Length of the window, where the registry says it. */
  readonly windowSeconds?: number | undefined;
  /** Who is counted, where the registry says it: for Docker Hub an address or an account. */
  readonly source?: string | undefined;
}

const COUNT = /^\s*(\d{1,15})\s*(?:[;,]|$)/;
const WINDOW = /;\s*w\s*=\s*(\d{1,15})\b/;
const SOURCE = /^[\x21-\x7e]{1,200}$/;

/**
 * Reads `ratelimit-limit: 100;w=21600` with its `ratelimit-remaining`, as Docker Hub sends them, or the
 * pair with `x-` before it; `undefined` when an answer has no such pair.
 */
export function parseRateLimit(headers: HttpResponse["headers"]): RateLimitStatus | undefined {
  for (const prefix of ["ratelimit", "x-ratelimit"]) {
    const limitText = headers.get(`${prefix}-limit`) ?? "";
    const remainingText = headers.get(`${prefix}-remaining`) ?? "";
    const [, limit] = COUNT.exec(limitText) ?? [];
    const [, remaining] = COUNT.exec(remainingText) ?? [];
    if (limit === undefined || remaining === undefined) continue;
    const [, window] = WINDOW.exec(limitText) ?? WINDOW.exec(remainingText) ?? [];
    const source = headers.get("docker-ratelimit-source") ?? "";
    return {
      limit: Number(limit),
      remaining: Number(remaining),
      ...(window === undefined ? {} : { windowSeconds: Number(window) }),
      ...(SOURCE.test(source) ? { source } : {}),
    };
  }
  return undefined;
}
