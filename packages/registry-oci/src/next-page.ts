import { RegistryError } from "@image-updater/core";
import type { HttpResponse } from "./http/http-message.js";
import { parsePageLink, refusePageLink } from "@image-updater/http";
import { formatPlace } from "./http/transport-error.js";
import { urlSaidBy } from "./http/words.js";
import type { RepositorySession } from "./repository-session.js";

/**
 * The page after the one at `url`, by its `Link` header: `last` where the header names other pages
 * only, `unsaid` where it says nothing.
 *
 * @throws RegistryError `refused-address` when it leaves the origin, `invalid-response` when a link is
 * there and cannot be read.
 */
export function nextPage(
  session: RepositorySession,
  url: URL,
  page: HttpResponse,
  what: string,
): URL | "last" | "unsaid" {
  const link = parsePageLink(page.headers.get("link"));
  if (link.kind === "last" || link.kind === "unsaid") return link.kind;
  const place = session.place();
  if (link.kind === "unreadable" || !URL.canParse(link.target, url.href)) {
    const message = `${formatPlace(place)}: ${what}: the Link to its next page cannot be read; it must be <url>; rel="next"`;
    throw new RegistryError("invalid-response", message, place);
  }
  const next = new URL(link.target, url);
  const reason = refusePageLink(next, url);
  if (reason === undefined) return onOwnPath(next, url);
  const message = `${formatPlace(place)}: the next page ${urlSaidBy(page.redactor, next)} is refused: ${reason}`;
  throw new RegistryError("refused-address", message, place);
}

/**
 * Registries behind a path of their own, as Artifactory's and Nexus', name the next page without that
 * path: of such a link only the query counts.
 */
function onOwnPath(next: URL, url: URL): URL {
  if (resourceOf(next) !== resourceOf(url)) return next;
  const own = new URL(url);
  own.search = next.search;
  return own;
}

/** `tags/list` of `/v2/team/app/tags/list`. */
function resourceOf({ pathname }: URL): string {
  return pathname.split("/").slice(-2).join("/");
}
