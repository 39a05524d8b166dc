import { RegistryError, type Clock } from "@image-updater/core";
import { z } from "zod";
import { bodyLimits } from "../http/body-limits.js";
import { decodeJson } from "../http/decode-json.js";
import type { HttpResponse } from "../http/http-message.js";
import { statusError } from "../http/status-error.js";
import { formatPlace } from "../http/transport-error.js";
import type { RepositorySession } from "../repository-session.js";
import { nextPage } from "../next-page.js";
import { isReferrerTag, isTagName } from "./tag-name.js";

/** The one page size that every known registry takes. */
const PAGE_SIZE = 1000;
const MOST_PAGES = 1000;
/** Pages in a row with nothing but known tags; one may follow from a push in between. */
const MOST_REPEATED_PAGES = 3;
const MOST_TAGS = 1_000_000;

/**
 * All tags of the repository, each once, without what names a digest or another image's signature.
 *
 * @throws RegistryError when one page failed: part of a list is never returned.
 */
export async function listTags(
  session: RepositorySession,
  clock: Clock,
): Promise<readonly string[]> {
  const names = new Set<string>();
  const seen = new Set<string>();
  let repeated = 0;
  let url: URL | undefined = session.url(`tags/list?n=${PAGE_SIZE}`);
  while (url !== undefined) {
    if (seen.has(url.href)) throw invalidList(session, "its pages lead in a circle");
    if (seen.size === MOST_PAGES) throw invalidList(session, `more than ${MOST_PAGES} pages`);
    seen.add(url.href);
    const page = await session.send({
      method: "GET",
      url,
      bodyLimit: bodyLimits.tagsPage,
      headers,
    });
    const before = names.size;
    const found = readPage(session, page, clock);
    for (const name of found) names.add(name);
    repeated = found.length > 0 && names.size === before ? repeated + 1 : 0;
    if (names.size > MOST_TAGS) throw invalidList(session, `more than ${MOST_TAGS} tags`);
    url = nextPage(session, url, page, "the tag list");
    if (url !== undefined && repeated >= MOST_REPEATED_PAGES) {
      throw invalidList(session, "its pages repeat themselves");
    }
  }
  return [...names].filter((name) => isTagName(name) && !isReferrerTag(name));
}

const headers = { accept: "application/json" };

/** Some registries write `null` for an empty list, and `null` in place of a tag. */
const pageSchema = z.object({ tags: z.array(z.string().nullable()).nullable() });

function readPage(session: RepositorySession, page: HttpResponse, clock: Clock): readonly string[] {
  if (page.status !== 200) throw statusError(page, session.place(), "the tag list", clock.now());
  const { tags } = decodeJson(page.body, pageSchema, session.place(), "the tag list");
  return (tags ?? []).filter((tag) => tag !== null);
}

function invalidList(session: RepositorySession, what: string): RegistryError {
  const place = session.place();
  return new RegistryError(
    "invalid-response",
    `${formatPlace(place)}: the tag list: ${what}`,
    place,
  );
}
