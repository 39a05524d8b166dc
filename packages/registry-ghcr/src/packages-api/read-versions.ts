import {
  createBoundedMap,
  decodeJson,
  parseNextLink,
  refusePageLink,
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
  readonly next: URL | undefined;
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
        url = page.next;
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
  const all = decodeJson(response.body, versionsSchema, caller.place, "the list of versions");
  return {
    versions: all.filter(({ tags }) => tags.length > 0),
    next: nextPage(response, caller, url),
  };
}

function nextPage({ headers }: HttpResponse, caller: ApiCaller, url: URL): URL | undefined {
  const link = parseNextLink(headers.get("link"));
  if (link === undefined) return undefined;
  if (!URL.canParse(link, url.href)) throw invalid(caller, "names a next page that is no URL");
  const next = new URL(link, url);
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
