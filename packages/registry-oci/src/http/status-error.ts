import { RegistryError, type RegistryErrorCode } from "@image-updater/core";
import { errorDetails, type RegistryErrorDetail } from "./error-details.js";
import type { HttpResponse, RequestPlace } from "./http-message.js";
import { retryDelayMs } from "./retry-delay.js";
import { formatPlace } from "./transport-error.js";
import { wordsOf } from "./words.js";

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
  const said = detail === undefined ? "" : ` (${wordsOf(response, formatDetail(detail))})`;
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

function formatDetail({ code, message }: RegistryErrorDetail): string {
  return message === undefined ? code : `${code}: ${message}`;
}
