import { RegistryError } from "@image-updater/core";
import type { HttpResponse } from "./http/http-message.js";
import { parseNextLink } from "./http/link-header.js";
import { redactUrl, refusePageLink } from "./http/origin-guard.js";
import { formatPlace } from "./http/transport-error.js";
import type { RepositorySession } from "./repository-session.js";

/**
 * The page after the one at `url`, by its `Link` header; `undefined` for the last one.
 *
 * @throws RegistryError `refused-address` when it leaves the origin, `invalid-response` when it is no URL.
 */
export function nextPage(
  session: RepositorySession,
  url: URL,
  page: HttpResponse,
  what: string,
): URL | undefined {
  const link = parseNextLink(page.headers.get("link"));
  if (link === undefined) return undefined;
  const place = session.place();
  if (!URL.canParse(link, url.href)) {
    const message = `${formatPlace(place)}: ${what}: its next page is no URL`;
    throw new RegistryError("invalid-response", message, place);
  }
  const next = new URL(link, url);
  const reason = refusePageLink(next, url);
  if (reason === undefined) return next;
  const message = `${formatPlace(place)}: the next page ${redactUrl(next)} is refused: ${reason}`;
  throw new RegistryError("refused-address", message, place);
}
