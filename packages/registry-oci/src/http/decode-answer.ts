import { RegistryError } from "@image-updater/core";
import { isWebPage } from "@image-updater/http";
import { decodeJson, type Decoder } from "./decode-json.js";
import type { HttpResponse, RequestPlace } from "./http-message.js";
import { formatPlace } from "./transport-error.js";
import { urlSaidBy } from "./words.js";

/** What a good answer is an answer to. */
export interface Asked {
  readonly url: URL;
  readonly place: RequestPlace;
  /** What was asked for, as messages say it. */
  readonly what: string;
}

/**
 * The JSON of a good answer in the shape the decoder names.
 *
 * @throws RegistryError `invalid-response` for a web page, what is not JSON, or has another shape.
 */
export function decodeAnswer<T>(response: HttpResponse, decoder: Decoder<T>, asked: Asked): T {
  refuseWebPage(response, asked);
  return decodeJson(response.body, decoder, asked.place, asked.what);
}

/** Throws where a page for people stands in place of an answer, as those of logins and proxies do. */
export function refuseWebPage(response: HttpResponse, { url, place, what }: Asked): void {
  if (!isWebPage(response)) return;
  const isElsewhere = response.url.origin !== url.origin;
  const page = urlSaidBy(response.redactor, response.url);
  const found = isElsewhere
    ? `${url.origin} redirects to ${page}, a web page and perhaps a login`
    : `${page} is a web page, perhaps of a login or a proxy`;
  const message = `${formatPlace(place)}: ${what}: ${found}; check the address that is configured, and what stands before it`;
  throw new RegistryError("invalid-response", message, place);
}
