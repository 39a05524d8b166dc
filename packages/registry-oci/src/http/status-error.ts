import { RegistryError, type RegistryErrorCode } from "@image-updater/core";
import { errorWords } from "./error-words.js";
import type { HttpResponse, RequestPlace } from "./http-message.js";
import { retryDelayMs } from "./retry-delay.js";
import { formatPlace } from "./transport-error.js";

/** The answer of a failed request as a `RegistryError`; `what` says what was asked for. */
export function statusError(
  response: HttpResponse,
  place: RequestPlace,
  what: string,
  now: Date,
): RegistryError {
  const delay = retryDelayMs(response, now);
  const retryAfterSeconds = delay === undefined ? undefined : Math.ceil(delay / 1000);
  const later = retryAfterSeconds === undefined ? "" : `, try again in ${retryAfterSeconds} s`;
  const message = `${formatPlace(place)}: ${what}: answered ${response.status}${errorWords(response)}${later}${tlsHint(response)}`;
  const context = { ...place, status: response.status, retryAfterSeconds };
  return new RegistryError(codeOf(response.status), message, context);
}

/** What Go and nginx say of plain http where they expect TLS. */
const WANTS_TLS = /\bHTTP request (?:was sent )?to (?:an )?HTTPS\b/;
const LONGEST_PAGE = 2000;

function tlsHint({ status, url, body }: HttpResponse): string {
  if (status !== 400 || url.protocol !== "http:") return "";
  const text = Buffer.from(body.subarray(0, LONGEST_PAGE)).toString("latin1");
  return WANTS_TLS.test(text) ? `; it wants TLS: write api_url: https://${url.host}` : "";
}

function codeOf(status: number): RegistryErrorCode {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not-found";
  if (status === 408) return "timeout";
  if (status === 429) return "rate-limited";
  return status >= 500 ? "unavailable" : "invalid-response";
}
