import { boundCredentials, RegistryError } from "@image-updater/core";
import type {
  Credential,
  CredentialProvider,
  RegistryCallOptions,
  Repository,
  TagSummary,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { refuseApiUrl, refusePageLink } from "@image-updater/http";
import { askCredential } from "../auth/ask-credential.js";
import { bodyLimits } from "../http/body-limits.js";
import type { Call } from "../http/call.js";
import { refuseWebPage } from "../http/decode-answer.js";
import { createHttpClient, type HttpClientSettings } from "../http/http-client.js";
import type { HttpResponse, RequestPlace } from "../http/http-message.js";
import { createRateLimit } from "../http/rate-limit.js";
import { statusError } from "../http/status-error.js";
import { formatPlace } from "../http/transport-error.js";
import { urlSaidBy } from "../http/words.js";
import { createHubTokens } from "./hub-tokens.js";
import { decodeTagPage } from "./tag-page.js";

const HUB_API = "https://hub.docker.com";
const REQUESTS_PER_SECOND = 10;
const PAGE_SIZE = 100;
const MOST_PAGES = 1000;
const PATH = /^[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*$/;

/** Settings of {@link createHubApi}. */
export interface HubApiSettings extends HttpClientSettings {
  readonly credentials?: Pick<CredentialProvider, "forRepository"> | undefined;
  /** For one answer of `credentials`, with all that it reads for it; default 30 seconds. */
  readonly credentialTimeoutMs?: number | undefined;
  readonly hubApiUrl?: string | undefined;
}

/** The API of hub.docker.com. */
export interface HubApi {
  /** As the method of a `RegistryClient`, for a canonical repository. */
  describeTags(
    repository: Repository,
    options?: RegistryCallOptions,
  ): Promise<readonly TagSummary[]>;
}

/** One call of the API, for one identity. */
interface HubCaller extends Call {
  readonly credential: Credential;
  readonly place: RequestPlace;
}

/** Digests and push times at one request for each hundred tags; an image's own credentials win. */
export function createHubApi(settings: HubApiSettings): HubApi {
  const { hubApiUrl = HUB_API } = settings;
  const clock = settings.clock ?? systemClock();
  // By the machine's time, as for requests: the clock is for what depends on the date.
  const credentials = boundCredentials(settings.credentials ?? {}, {
    clock: systemClock(),
    timeoutMs: settings.credentialTimeoutMs,
  });
  const http = createHttpClient({ ...settings, clock });
  const rate = createRateLimit(REQUESTS_PER_SECOND, clock);
  const baseUrl = hubApiUrl.replace(/(?<!\/)\/+$/, "");
  const tokens = createHubTokens(http, clock, baseUrl);

  async function send(url: URL, caller: HubCaller, isRejected = false): Promise<HttpResponse> {
    const authorization = await tokens.headerFor({ ...caller, isRejected });
    const { place, signal, pauseDeadline } = caller;
    const headers = { accept: "application/json" };
    const call = { signal, pauseDeadline };
    const asked = { method: "GET", url, place, headers, authorization, rate, ...call } as const;
    const response = await http.send({ ...asked, bodyLimit: bodyLimits.tagsPage });
    const mayBeOld = response.status === 401 && authorization !== undefined && !isRejected;
    return mayBeOld ? send(url, caller, true) : response;
  }

  async function readPages(first: URL, caller: HubCaller): Promise<readonly TagSummary[]> {
    const { place } = caller;
    const tags = new Map<string, TagSummary>();
    const seen = new Set<string>();
    let rows = 0;
    let isGuess = false;
    for (let url: URL | undefined = first; url !== undefined;) {
      if (seen.has(url.href) || seen.size === MOST_PAGES) throw endless(place);
      seen.add(url.href);
      const response = await send(url, caller);
      // What the API calls a page too far is a list that ends.
      if (isGuess && response.status === 404) break;
      if (response.status !== 200) {
        throw statusError(response, place, "the Docker Hub API's tags", clock.now());
      }
      refuseWebPage(response, { url, place, what: "the Docker Hub API's tags" });
      const page = decodeTagPage(response.body, place);
      const known = tags.size;
      for (const tag of page.tags) if (!tags.has(tag.name)) tags.set(tag.name, tag);
      if (isGuess && page.size > 0 && tags.size === known) throw endless(place);
      rows += page.size;
      // A list that ends before its count, or with a full page, is asked on.
      const isWhole = rows === page.count || (page.size < PAGE_SIZE && rows >= (page.count ?? 0));
      isGuess = page.next === undefined && page.size > 0 && !isWhole;
      if (page.next !== undefined) url = nextPage(page.next, { ...response, url }, place);
      else url = isGuess ? pageAfter(first, seen.size) : undefined;
    }
    return [...tags.values()];
  }

  return {
    async describeTags(repository, { signal, pauseDeadline, credential: reference } = {}) {
      const place = { host: repository.host, repository: repository.path };
      const url = tagsUrl(baseUrl, repository.path, place);
      const credential = await askCredential(
        () => credentials.forRepository({ repository, reference, signal }),
        place,
      );
      return readPages(url, { credential, place, signal, pauseDeadline });
    },
  };
}

function tagsUrl(baseUrl: string, path: string, place: RequestPlace): URL {
  const reason = URL.canParse(baseUrl) ? refuseApiUrl(new URL(baseUrl)) : "it is not a URL";
  if (reason !== undefined) {
    throw refused(place, `the setting "hubApiUrl" is refused: ${reason}; write ${HUB_API}`);
  }
  if (!PATH.test(path)) {
    throw refused(
      place,
      `${JSON.stringify(path)} is not a repository of Docker Hub; write team/app`,
    );
  }
  const [namespace, name] = path.split("/");
  const resource = `v2/namespaces/${namespace}/repositories/${name}/tags`;
  return new URL(`${baseUrl}/${resource}?page_size=${PAGE_SIZE}`);
}

function pageAfter(first: URL, pages: number): URL {
  const url = new URL(first);
  url.searchParams.set("page", String(pages + 1));
  return url;
}

function nextPage(link: string, { url, redactor }: HttpResponse, place: RequestPlace): URL {
  if (!URL.canParse(link, url.href)) {
    const message = `${formatPlace(place)}: the Docker Hub API's next page is not a URL`;
    throw new RegistryError("invalid-response", message, place);
  }
  const next = new URL(link, url);
  const reason = refusePageLink(next, url);
  if (reason === undefined) return next;
  throw refused(place, `the next page ${urlSaidBy(redactor, next)} is refused: ${reason}`);
}

function endless(place: RequestPlace): RegistryError {
  const message = `${formatPlace(place)}: the Docker Hub API's pages do not end`;
  return new RegistryError("invalid-response", message, place);
}

function refused(place: RequestPlace, what: string): RegistryError {
  return new RegistryError("refused-address", `${place.host}: ${what}`, place);
}
