import { RegistryError, type RegistryErrorCode } from "@image-updater/core";
import { z } from "zod";
import type { HttpResponse, RequestPlace } from "./http-message.js";
import { parseJson } from "./decode-json.js";
import { parseRetryAfter } from "./retry-after.js";
import { formatPlace } from "./transport-error.js";

const LONGEST_DETAIL = 200;

/** What a registry says about an error, by the distribution specification. */
export interface RegistryErrorDetail {
  /** In upper case: `MANIFEST_UNKNOWN`. */
  readonly code: string;
  readonly message?: string | undefined;
}

/** The answer of a failed request as a `RegistryError`; `what` says what was asked for. */
export function statusError(
  response: HttpResponse,
  place: RequestPlace,
  what: string,
  now: Date,
): RegistryError {
  const retryAfterSeconds = parseRetryAfter(response.headers.get("retry-after"), now);
  const [detail] = errorDetails(response);
  const said = detail === undefined ? "" : ` (${formatDetail(detail)})`;
  const later = retryAfterSeconds === undefined ? "" : `, try again in ${retryAfterSeconds} s`;
  const message = `${formatPlace(place)}: ${what}: answered ${response.status}${said}${later}`;
  const context = { ...place, status: response.status, retryAfterSeconds };
  return new RegistryError(codeOf(response.status), message, context);
}

/** The `errors` of an error body; none when the body is anything else. */
export function errorDetails(response: HttpResponse): readonly RegistryErrorDetail[] {
  const parsed = errorSchema.safeParse(parseJson(response.body));
  return parsed.success ? parsed.data.errors : [];
}

const errorSchema = z.object({
  errors: z.array(
    z.object({
      code: z.string().transform((code) => code.toUpperCase()),
      message: z.string().optional().catch(undefined),
    }),
  ),
});

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
