import { isWebPage } from "@image-updater/http";
import { z } from "zod";
import { parseJson } from "./decode-json.js";
import { errorDetails } from "./error-details.js";
import type { HttpResponse } from "./http-message.js";
import { wordsOf } from "./words.js";

/**
 * What a failed answer says for people, to stand behind its status: in brackets, or that it is a web
 * page; nothing where it says nothing.
 */
export function errorWords(response: HttpResponse): string {
  const said = wordsOf(response, readWords(response));
  if (said !== "") return ` (${said})`;
  return isWebPage(response) ? " with a web page" : "";
}

function readWords(response: HttpResponse): string {
  const [detail] = errorDetails(response);
  if (detail !== undefined) {
    return detail.message === undefined ? detail.code : `${detail.code}: ${detail.message}`;
  }
  const parsed = irregularSchema.safeParse(parseJson(response.body));
  if (!parsed.success) return "";
  const { details, detail: words, message, error, error_description: description } = parsed.data;
  return details ?? words ?? message ?? [error, description].filter(Boolean).join(": ");
}

const text = z.string().optional().catch(undefined);

/**
 * Docker Hub's token server says `details`, its API `detail` or `message`, and token servers by OAuth 2.0
 * `error` and `error_description` (RFC 6749, 5.2). Docker's own client reads the first, too
 * (`parseHTTPErrorResponse` of distribution).
 */
const irregularSchema = z.object({
  details: text,
  detail: text,
  message: text,
  error: text,
  error_description: text,
});
