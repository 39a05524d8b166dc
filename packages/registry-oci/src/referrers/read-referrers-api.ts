import { RegistryError, type Clock, type Referrer } from "@image-updater/core";
import { bodyLimits } from "../http/body-limits.js";
import { refuseWebPage } from "../http/decode-answer.js";
import type { HttpResponse } from "../http/http-message.js";
import { statusError } from "../http/status-error.js";
import { formatPlace } from "../http/transport-error.js";
import { nextPage } from "../next-page.js";
import type { RepositorySession } from "../repository-session.js";
import { decodeReferrers, invalidReferrers } from "./decode-referrers.js";
import { lacksReferrers } from "./lacks-referrers.js";

const MOST_PAGES = 200;
const MOST_REFERRERS = 10_000;
const MOST_BYTES = 8 * bodyLimits.manifest;
const WHAT = "the referrers";

/**
 * All pages of the referrers API, which may hold a referrer twice or one of another type; `undefined`
 * when the registry has no such API.
 *
 * @throws RegistryError when one page failed: part of a list is never returned.
 */
export async function readReferrersApi(
  session: RepositorySession,
  digest: string,
  artifactType: string | undefined,
  clock: Clock,
): Promise<readonly Referrer[] | undefined> {
  const place = session.place(digest);
  const found: Referrer[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  let url: URL | undefined = firstPage(session, digest, artifactType);
  while (url !== undefined) {
    if (seen.has(url.href)) throw invalidReferrers("have pages that lead in a circle", place);
    if (seen.size === MOST_PAGES) throw invalidReferrers(`have over ${MOST_PAGES} pages`, place);
    seen.add(url.href);
    const page = await requestPage(session, url, digest);
    if (seen.size === 1 && lacksReferrers(page)) return undefined;
    if (page.status !== 200) throw statusError(page, place, WHAT, clock.now());
    refuseWebPage(page, { url, place, what: WHAT });
    const referrers = decodeReferrers(page.body, place);
    if (referrers === undefined) throw invalidReferrers("are not index", place);
    found.push(...referrers);
    bytes += page.body.length;
    if (bytes > MOST_BYTES || found.length > MOST_REFERRERS) {
      const message = `${formatPlace(place)}: the referrers are more than ${MOST_REFERRERS}, or ${MOST_BYTES} bytes`;
      throw new RegistryError("too-large", message, place);
    }
    const next = nextPage(session, url, page, WHAT);
    url = next instanceof URL ? next : undefined;
  }
  return found;
}

function firstPage(
  session: RepositorySession,
  digest: string,
  artifactType: string | undefined,
): URL {
  const url = session.url(`referrers/${digest}`);
  if (artifactType !== undefined) url.searchParams.set("artifactType", artifactType);
  return url;
}

function requestPage(session: RepositorySession, url: URL, digest: string): Promise<HttpResponse> {
  return session.send({
    method: "GET",
    url,
    bodyLimit: bodyLimits.manifest,
    reference: digest,
    headers: { accept: "application/vnd.oci.image.index.v1+json" },
    // GHCR's leads to a web page of GitHub that limits whoever comes by it.
    redirects: "same-origin",
  });
}
