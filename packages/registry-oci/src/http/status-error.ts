import { RegistryError, type RegistryErrorCode } from "@image-updater/core";
import { errorDetails, type RegistryErrorDetail } from "./error-details.js";
import type { HttpResponse, RequestPlace } from "./http-message.js";
import { retryDelayMs } from "./retry-delay.js";
import { formatPlace } from "./transport-error.js";

const LONGEST_DETAIL = 200;

/** The answer of a failed request as a `RegistryError`; `what` says what was asked for. */
export function statusError(
  response: HttpResponse,
  place: RequestPlace,
  what: string,
  now: Date,
): RegistryError {
  const delay = retryDelayMs(response, now);
  const retryAfterSeconds = delay === undefined ? undefined : Math.ceil(delay / 1000);
  const [detail] = errorDetails(response);
  const said = detail === undefined ? "" : ` (${formatDetail(detail)})`;
  const later = retryAfterSeconds === undefined ? "" : `, try again in ${retryAfterSeconds} s`;
  const message = `${formatPlace(place)}: ${what}: answered ${response.status}${said}${later}`;
  const context = { ...place, status: response.status, retryAfterSeconds };
  return new RegistryError(codeOf(response.status), message, context);
}

function codeOf(status: number): RegistryErrorCode {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not-found";
  if (status === 408) return "timeout";
  if (status === 429) return "rate-limited";
  return status >= 500 ? "unavailable" : "invalid-response";
}

/** A server's own words, short, in one line, and without the queries of URLs, which may be signed. */
function formatDetail({ code, message }: RegistryErrorDetail): string {
  const text = message === undefined ? code : `${code}: ${message}`;
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .replaceAll(/\?[^\s"']+/g, "?…")
    .slice(0, LONGEST_DETAIL);
}
