import { RegistryError, type Clock } from "@image-updater/core";
import { z } from "zod";
import { bodyLimits } from "../http/body-limits.js";
import { decodeAnswer } from "../http/decode-answer.js";
import type { HttpResponse } from "../http/http-message.js";
import { statusError } from "../http/status-error.js";
import { formatPlace } from "../http/transport-error.js";
import type { RepositorySession } from "../repository-session.js";
import { nextPage } from "../next-page.js";
import { createPageSizes, type PageSize, type PageSizes } from "./page-sizes.js";
import { isReferrerTag, isTagName } from "./tag-name.js";

const MOST_PAGES = 1000;
/** Pages in a row with nothing but known tags; one may follow from a push in between. */
const MOST_REPEATED_PAGES = 3;
const MOST_TAGS = 1_000_000;
/** Limits of pages that registries keep to themselves are multiples of it: 50, 100, 200, 500. */
const ROUND = 50;
const WHAT = "the tag list";

/** What a registry says to a page size, or a `last`, that it does not take. */
const REFUSALS: ReadonlySet<number> = new Set([400, 405, 422, 501]);

/** A page with which the list may have been cut. */
interface FullPage {
  readonly count: number;
  /** Whether the registry went on after a last tag to get there. */
  readonly wentOn: boolean;
}

/** One page as it was asked for and answered. */
interface Page {
  readonly url: URL;
  /** The full page after whose last tag it was asked to begin, where no link led to it. */
  readonly before?: FullPage | undefined;
  /** Whether a link led to it. */
  readonly isLinked?: boolean | undefined;
  readonly response: HttpResponse;
  /** As listed: what is not a tag counts for how full a page is. */
  readonly tags: readonly string[];
}

/**
 * All tags of the repository, each once, without what names a digest or another image's signature.
 *
 * A page without a link to the next is the last one only where it is not full: registries exist that
 * cut a list and do not say so. A full one is asked on from its last tag until nothing new comes.
 *
 * @throws RegistryError when one page failed, or the list may be longer than what can be read of it:
 * part of a list is never returned.
 */
export async function listTags(
  session: RepositorySession,
  clock: Clock,
  sizes: PageSizes = createPageSizes(),
): Promise<readonly string[]> {
  const reader = createPageReader(session, clock);
  const { page: first, size } = await readFirst(session, reader, sizes);
  const names = new Set<string>();
  let repeated = 0;
  for (let page: Page | undefined = first; page !== undefined;) {
    const known = names.size;
    for (const tag of page.tags) names.add(tag);
    if (names.size > MOST_TAGS) throw invalidList(session, `more than ${MOST_TAGS} tags`);
    repeated = page.tags.length > 0 && names.size === known ? repeated + 1 : 0;
    if (page.before !== undefined && repeated > 0) {
      await refuseCutList(session, reader, page.before, page);
      break;
    }
    const next = nextPage(session, page.url, page.response, WHAT);
    if (next instanceof URL && repeated >= MOST_REPEATED_PAGES) {
      throw invalidList(session, "its pages repeat themselves");
    }
    if (next instanceof URL) page = { ...(await reader.read(next)), isLinked: true };
    else if (next === "last" || !isFull(page, size)) page = undefined;
    else page = await readAfter(session, reader, page, size);
  }
  return [...names].filter((name) => isTagName(name) && !isReferrerTag(name));
}

/** Whether the registry may have cut the list here. */
function isFull({ before, isLinked, tags }: Page, size: PageSize): boolean {
  const count = tags.length;
  if (count === 0) return false;
  if (before !== undefined) return count >= before.count;
  // Who sends more than was asked for does not count, and sends all.
  if (size !== undefined && count >= size) return count === size;
  // A limit of its own is looked for only where the registry links to no page.
  return !isLinked && count % ROUND === 0;
}

interface PageReader {
  /** @throws RegistryError for another status than 200, and for pages without end. */
  read(url: URL): Promise<Page>;
  /** The same; `undefined` where the registry does not take what the query asks for. */
  tryRead(url: URL): Promise<Page | undefined>;
}

function createPageReader(session: RepositorySession, clock: Clock): PageReader {
  const seen = new Set<string>();

  async function send(url: URL): Promise<HttpResponse> {
    // A page is known by the tag it begins after, whatever else its link says.
    const key = url.searchParams.get("last") ?? url.href;
    if (seen.has(key)) throw invalidList(session, "its pages lead in a circle");
    if (seen.size === MOST_PAGES) throw invalidList(session, `more than ${MOST_PAGES} pages`);
    seen.add(key);
    return session.send({ method: "GET", url, bodyLimit: bodyLimits.tagsPage, headers });
  }

  function pageOf(url: URL, response: HttpResponse): Page {
    const place = session.place();
    if (response.status !== 200) throw statusError(response, place, WHAT, clock.now());
    const { tags } = decodeAnswer(response, pageSchema, { url, place, what: WHAT });
    return { url, response, tags: (tags ?? []).filter((tag) => tag !== null) };
  }

  return {
    read: async (url) => pageOf(url, await send(url)),
    async tryRead(url): Promise<Page | undefined> {
      const response = await send(url);
      return REFUSALS.has(response.status) ? undefined : pageOf(url, response);
    },
  };
}

const headers = { accept: "application/json" };

/** Some registries write `null` for an empty list, and `null` in place of a tag. */
const pageSchema = z.object({ tags: z.array(z.string().nullable()).nullable() });

/** A page size that is refused is asked for again with a smaller one, at last without any. */
async function readFirst(
  session: RepositorySession,
  reader: PageReader,
  sizes: PageSizes,
): Promise<{ readonly page: Page; readonly size: PageSize }> {
  const { apiUrl } = session.repository;
  for (const size of sizes.sizesFor(apiUrl)) {
    const page = await reader.tryRead(pageUrl(session, size));
    if (page === undefined) continue;
    sizes.keep(apiUrl, size);
    return { page, size };
  }
  const page = await reader.read(pageUrl(session, undefined));
  sizes.keep(apiUrl, undefined);
  return { page, size: undefined };
}

function pageUrl(session: RepositorySession, size: PageSize, last?: string): URL {
  const url = session.url("tags/list");
  if (size !== undefined) url.searchParams.set("n", String(size));
  if (last !== undefined) url.searchParams.set("last", last);
  return url;
}

/** The page after the last tag of a page; `undefined` where there is none. */
async function readAfter(
  session: RepositorySession,
  reader: PageReader,
  { tags, before: earlier }: Page,
  size: PageSize,
): Promise<Page | undefined> {
  const before = { count: tags.length, wentOn: earlier !== undefined };
  const page = await reader.tryRead(pageUrl(session, size, tags.at(-1)));
  if (page !== undefined) return { ...page, before };
  await refuseCutList(session, reader, before);
  return undefined;
}

/**
 * A registry that does not go on after a tag may not page at all, as Distribution 2: then its list is
 * whole. One that gives fewer tags when it is asked for fewer does page, and its list may be cut.
 *
 * @throws RegistryError `invalid-response` for the latter.
 */
async function refuseCutList(
  session: RepositorySession,
  reader: PageReader,
  { count, wentOn }: FullPage,
  after?: Page,
): Promise<void> {
  // Shorter, it is the end of the list and not its beginning once more.
  if (after !== undefined && after.tags.length < count) return;
  if (!wentOn && count > 1) {
    const fewer = await reader.tryRead(pageUrl(session, count - 1));
    if (fewer !== undefined && fewer.tags.length >= count) return;
  }
  const what = `it may be longer than ${count} tags, and the registry neither links to the next page nor goes on after the last tag`;
  throw invalidList(session, what);
}

function invalidList(session: RepositorySession, what: string): RegistryError {
  const place = session.place();
  const message = `${formatPlace(place)}: ${WHAT}: ${what}`;
  return new RegistryError("invalid-response", message, place);
}
