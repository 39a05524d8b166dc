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

const WORD = /^[\w.-]{1,100}$/;

/** Codes by what they mean for the caller; the first that fits counts. */
const CODES: readonly (readonly [RegExp, RegistryErrorCode])[] = [
  [/Throttling/i, "rate-limited"],
  [/^(?:InvalidAccessKeyId|SignatureDoesNotMatch|IncompleteSignature)/i, "unauthorized"],
  [/SecurityToken|^AuthenticationFail/i, "unauthorized"],
  [/^Forbidden|NoPermission|NotAuthorized|AccessDenied/i, "forbidden"],
  [/NOT_?EXIST|Not_?Found/i, "not-found"],
];

/**
 * The error that an answer of an OpenAPI is, or `undefined` when it is none: a status from 400 on, or
 * `IsSuccess: false` under any status.
 *
 * Of the server's words only the code and the id of the request are kept: its messages quote the
 * request, token included.
 */
export function openApiError(
  response: HttpResponse,
  place: RequestPlace,
  what: string,
  now: Date,
): RegistryError | undefined {
  const { status } = response;
  const parsed = errorSchema.safeParse(parseJson(response.body));
  const body = parsed.success ? parsed.data : {};
  if (status < 300 && body.IsSuccess !== false) return undefined;
  const apiCode = body.Code ?? body.code;
  const requestId = body.RequestId ?? body.requestId;
  const retryAfterSeconds = retryAfterOf(response, now);
  const said = [apiCode, requestId === undefined ? undefined : `request ${requestId}`]
    .filter((part) => part !== undefined)
    .join(", ");
  const details = said === "" ? "" : ` (${wordsOf(response, said)})`;
  const message = `${formatPlace(place)}: ${what}: answered ${status}${details}`;
  const context = { ...place, status, retryAfterSeconds };
  return new RegistryError(codeOf(status, apiCode ?? ""), message, context);
}

const word = z.string().regex(WORD).optional().catch(undefined);

/** The Enterprise edition writes names in upper case, the personal one in lower case. */
const errorSchema = z.object({
  IsSuccess: z.boolean().optional().catch(undefined),
  Code: word,
  code: word,
  RequestId: word,
  requestId: word,
});

function codeOf(status: number, apiCode: string): RegistryErrorCode {
  const known = CODES.find(([pattern]) => pattern.test(apiCode));
  if (known !== undefined) return known[1];
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not-found";
  if (status === 429) return "rate-limited";
  return status >= 500 || status === 408 ? "unavailable" : "invalid-response";
}

/** Alibaba Cloud's own header counts milliseconds. */
function retryAfterOf({ headers }: HttpResponse, now: Date): number | undefined {
  const own = headers.get("x-acs-retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(own)) return Number(own) / 1000;
  return parseRetryAfter(headers.get("retry-after"), now);
}
