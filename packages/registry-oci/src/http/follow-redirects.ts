import { RegistryError } from "@image-updater/core";
import { refuseRedirect } from "@image-updater/http";
import type { HttpRequest, HttpResponse, RequestPlace } from "./http-message.js";
import { formatPlace } from "./transport-error.js";
import { urlSaidBy } from "./words.js";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const SEE_OTHER = 303;
const MOST_HOPS = 5;
/** Storage is reached by signed URLs: their queries are credentials. */
const SHORTEST_SIGNATURE = 16;

/**
 * Sends and follows redirects of GET and HEAD, at most five, or those that `redirects` leaves.
 *
 * `Authorization` and the rate are kept on the same origin only, and are not restored when a chain
 * comes back.
 */
export async function followRedirects(
  asked: HttpRequest,
  send: (hop: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  let hop = asked;
  for (let count = 0; count <= MOST_HOPS; count += 1) {
    const response = await send(hop);
    const location = redirectOf(hop, response);
    if (location === undefined) return response;
    hop = nextHop(hop, location);
  }
  throw refused(`more than ${MOST_HOPS} redirects`, asked.place);
}

function redirectOf(hop: HttpRequest, response: HttpResponse): string | undefined {
  if (hop.method === "POST" || !REDIRECTS.has(response.status)) return undefined;
  const location = response.headers.get("location");
  if (location === undefined || hop.redirects === undefined) return location;
  return staysWith(hop, response.status, location) ? location : undefined;
}

function staysWith({ url }: HttpRequest, status: number, location: string): boolean {
  if (status === SEE_OTHER || !URL.canParse(location, url.href)) return false;
  return new URL(location, url).origin === url.origin;
}

function nextHop(hop: HttpRequest, location: string): HttpRequest {
  if (!URL.canParse(location, hop.url.href)) {
    throw refused("a redirect to what is not a URL", hop.place);
  }
  const url = new URL(location, hop.url);
  const reason = refuseRedirect(url, hop.url);
  if (reason !== undefined) {
    throw refused(
      `a redirect to ${urlSaidBy(hop.redactor, url)} is not followed: ${reason}`,
      hop.place,
    );
  }
  if (url.origin === hop.url.origin) return { ...hop, url };
  const secrets = [...url.searchParams.values()].filter(
    (value) => value.length >= SHORTEST_SIGNATURE,
  );
  return { ...hop, url, secrets, authorization: undefined, rate: undefined };
}

function refused(what: string, place: RequestPlace): RegistryError {
  return new RegistryError("refused-address", `${formatPlace(place)}: ${what}`, place);
}
