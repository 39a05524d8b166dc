import { RegistryError, type RegistryErrorCode } from "@image-updater/core";
import { parseRetryAfter } from "@image-updater/http";
import {
  formatPlace,
  parseJson,
  wordsOf,
  type HttpResponse,
  type RequestPlace,
} from "@image-updater/registry-oci/http";
import { z } from "zod";

/** What GitHub asks for where a limit does not say when it ends. */
const SHORTEST_PAUSE_SECONDS = 60;

/** A `RegistryError` about the API, in one form of words. */
export function apiError(
  code: RegistryErrorCode,
  what: string,
  place: RequestPlace,
  context: { readonly status?: number; readonly retryAfterSeconds?: number } = {},
): RegistryError {
  const message = `${formatPlace(place)}: the Packages API ${what}`;
  return new RegistryError(code, message, { ...place, ...context });
}

/**
 * The rate limit an answer speaks of: the hourly one (`x-ratelimit-remaining: 0`), or a secondary one.
 * Both come as 403 or 429.
 */
export function rateLimitError(
  response: HttpResponse,
  place: RequestPlace,
  now: Date,
): RegistryError | undefined {
  const { status, headers } = response;
  if (status !== 429 && status !== 403) return undefined;
  const said = messageOf(response);
  const isUsedUp = headers.get("x-ratelimit-remaining") === "0";
  const isLimit = isUsedUp || headers.has("retry-after") || /\brate limit/i.test(said);
  if (status === 403 && !isLimit) return undefined;
  const retryAfterSeconds =
    parseRetryAfter(headers.get("retry-after"), now) ??
    (isUsedUp ? secondsUntil(headers.get("x-ratelimit-reset"), now) : undefined) ??
    SHORTEST_PAUSE_SECONDS;
  const what = `answered ${status}${quoted(said)}, try again in ${retryAfterSeconds} s`;
  return apiError("rate-limited", what, place, { status, retryAfterSeconds });
}

/** What any other answer but a good one means. */
export function statusError(response: HttpResponse, place: RequestPlace): RegistryError {
  const { status } = response;
  const what = `answered ${status}${quoted(messageOf(response))}${HINTS.get(status) ?? ""}`;
  return apiError(codeOf(status), what, place, { status });
}

const HINTS: ReadonlyMap<number, string> = new Map([
  [401, "; the token is stale (expired or revoked), or is none of this GitHub"],
  [
    403,
    "; the token lacks read:packages or access to this package, or is not of a kind the API takes: classic personal tokens are",
  ],
]);

function codeOf(status: number): RegistryErrorCode {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 408) return "timeout";
  return status >= 500 ? "unavailable" : "invalid-response";
}

const messageSchema = z.object({ message: z.string() });

/** GitHub's own words, short and in one line; nothing where the body is anything else. */
function messageOf(response: HttpResponse): string {
  const parsed = messageSchema.safeParse(parseJson(response.body));
  return parsed.success ? wordsOf(response, parsed.data.message) : "";
}

function quoted(text: string): string {
  return text === "" ? "" : ` (${text})`;
}

function secondsUntil(reset: string | undefined, now: Date): number | undefined {
  if (!/^\d{1,12}$/.test(reset ?? "")) return undefined;
  return Math.max(0, Math.ceil(Number(reset) - now.getTime() / 1000));
}
