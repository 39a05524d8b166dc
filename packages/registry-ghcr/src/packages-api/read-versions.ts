import { parsePageLink, refusePageLink } from "@image-updater/http";
import {
  createBoundedMap,
  decodeAnswer,
  type HttpResponse,
} from "@image-updater/registry-oci/http";
import { apiError } from "./api-error.js";
import type { ApiCaller, GithubApi } from "./github-api.js";
import { versionsSchema, type PackageVersion } from "./package-version.js";

const MOST_PAGES = 1000;
const MOST_KEPT_PAGES = 1000;

/** One page, without the versions that have no tag: most are parts of an index. */
interface VersionsPage {
  readonly versions: readonly PackageVersion[];
  /** How many there are on this page, those without a tag among them. */
  readonly size: number;
  /** `unsaid` where GitHub says nothing of other pages, as it does of a list of one. */
  readonly next: URL | "last" | "unsaid";
}

/** A page as the token saw it last. */
interface KeptPage extends VersionsPage {
  readonly etag: string;
}

/** Reads lists of versions. */
export interface VersionsReader {
  /**
   * All versions with tags from the page at `url` on; `undefined` when there is no such page.
   *
   * @throws RegistryError when one page failed: part of a list is never returned.
   */
  read(caller: ApiCaller, url: URL): Promise<readonly PackageVersion[] | undefined>;
}

/**
 * A reader that keeps pages by URL and token, and asks whether they still hold: GitHub does not count
 * a request that is answered 304. Its ETags are of one token each.
 */
export function createVersionsReader(api: GithubApi): VersionsReader {
  const kept = createBoundedMap<KeptPage>(MOST_KEPT_PAGES);

  async function readPage(caller: ApiCaller, url: URL): Promise<VersionsPage | undefined> {
    const key = JSON.stringify([caller.identity, url.href]);
    const known = kept.get(key);
    const response = await api.get(caller, url, known?.etag);
    const { status, headers } = response;
    if (status === 404) return undefined;
    if (status === 304 && known !== undefined) {
      const page = { ...known, ...linkedPage(response, caller, url) };
      kept.set(key, page);
      return page;
    }
    const page = decodePage(response, caller, url);
    const etag = headers.get("etag");
    if (etag === undefined) kept.delete(key);
    else kept.set(key, { ...page, etag });
    return page;
  }

  return {
    async read(caller, start): Promise<readonly PackageVersion[] | undefined> {
      const versions: PackageVersion[] = [];
      const seen = new Set<string>();
      let url: URL | undefined = start;
      while (url !== undefined) {
        if (seen.has(url.href)) throw invalid(caller, "leads its pages in a circle");
        if (seen.size === MOST_PAGES) throw invalid(caller, `has more than ${MOST_PAGES} pages`);
        seen.add(url.href);
        const page = await readPage(caller, url);
        if (page === undefined && seen.size === 1) return undefined;
        if (page === undefined) throw lost(caller);
        versions.push(...page.versions);
        if (page.next === "unsaid") url = isFull(page, url) ? pageAfter(url, seen.size) : undefined;
        else url = page.next === "last" ? undefined : page.next;
      }
      return versions;
    },
  };
}

/** The body of a 304 is the known one; a page that was the last may have a next one by now. */
function linkedPage(
  response: HttpResponse,
  caller: ApiCaller,
  url: URL,
): Partial<Pick<VersionsPage, "next">> {
  return response.headers.has("link") ? { next: nextPage(response, caller, url) } : {};
}

function decodePage(response: HttpResponse, caller: ApiCaller, url: URL): VersionsPage {
  const all = decodeAnswer(response, versionsSchema, {
    url,
    place: caller.place,
    what: "the list of versions",
  });
  return {
    versions: all.filter(({ tags }) => tags.length > 0),
    size: all.length,
    next: nextPage(response, caller, url),
  };
}

/** A full page that says nothing of others may not be the last one, and is asked on. */
function isFull({ size }: VersionsPage, url: URL): boolean {
  return size > 0 && size >= Number(url.searchParams.get("per_page") ?? Number.POSITIVE_INFINITY);
}

function pageAfter(url: URL, pages: number): URL {
  const next = new URL(url);
  next.searchParams.set("page", String(Number(url.searchParams.get("page") ?? pages) + 1));
  return next;
}

function nextPage({ headers }: HttpResponse, caller: ApiCaller, url: URL): VersionsPage["next"] {
  const link = parsePageLink(headers.get("link"));
  if (link.kind === "last" || link.kind === "unsaid") return link.kind;
  if (link.kind === "unreadable" || !URL.canParse(link.target, url.href)) {
    throw invalid(caller, "names a next page that is not a URL");
  }
  const next = new URL(link.target, url);
  const reason = refusePageLink(next, url);
  if (reason === undefined) return next;
  const what = `names a next page that is refused: ${reason}`;
  throw apiError("refused-address", what, caller.place);
}

function lost({ place }: ApiCaller): Error {
  return apiError("not-found", "lost the package while it was read", place, { status: 404 });
}

function invalid(caller: ApiCaller, what: string): Error {
  return apiError("invalid-response", what, caller.place);
}
