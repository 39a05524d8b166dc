import type { Clock } from "@image-updater/core";
import {
  createHttpClient,
  type Call,
  type HttpClientSettings,
  type HttpResponse,
  type RequestPlace,
} from "@image-updater/registry-oci/http";
import { apiError, rateLimitError, statusError } from "./api-error.js";

/** A hundred versions with all their tags are far below. */
const BODY_LIMIT = 8 * 1024 * 1024;

const HEADERS: Readonly<Record<string, string>> = {
  accept: "application/vnd.github+json",
  "x-github-api-version": "2022-11-28",
};

/** On whose behalf and about what GitHub is asked. */
export interface ApiCaller extends Call {
  readonly place: RequestPlace;
  readonly token: string;
  /** Tells tokens apart without being one. */
  readonly identity: string;
}

/** GitHub's REST API, as far as it is read here. */
export interface GithubApi {
  /**
   * An answer with status 200 or 404, or 304 where `etag` still holds.
   *
   * @throws RegistryError for every other answer: `rate-limited` with the time to wait, also where
   * GitHub says 403.
   */
  get(caller: ApiCaller, url: URL, etag?: string): Promise<HttpResponse>;
}

/** A {@link GithubApi} on the shared request layer. Creating one does no I/O. */
export function createGithubApi(settings: HttpClientSettings, clock: Clock): GithubApi {
  const http = createHttpClient({ ...settings, clock });
  return {
    async get({ place, token, signal, pauseDeadline }, url, etag): Promise<HttpResponse> {
      const response = await http.send({
        method: "GET",
        url,
        place,
        headers: etag === undefined ? HEADERS : { ...HEADERS, "if-none-match": etag },
        authorization: `Bearer ${token}`,
        bodyLimit: BODY_LIMIT,
        signal,
        pauseDeadline,
      });
      if (response.url.origin !== url.origin) {
        throw apiError("refused-address", "was left by a redirect to another server", place);
      }
      const { status } = response;
      if (status === 200 || status === 404) return response;
      if (status === 304 && etag !== undefined) return response;
      throw rateLimitError(response, place, clock.now()) ?? statusError(response, place);
    },
  };
}
