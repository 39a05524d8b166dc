import { createHash } from "node:crypto";
import { boundCredentials, RegistryError } from "@image-updater/core";
import type {
  Clock,
  CredentialProvider,
  RegistryCallOptions,
  Repository,
  TagSummary,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { refuseApiUrl } from "@image-updater/http";
import { type HttpClientSettings, type RequestPlace } from "@image-updater/registry-oci/http";
import { GHCR_HOST } from "../github-hosts.js";
import { parsePackageName } from "../repository-name.js";
import { apiToken } from "./api-token.js";
import { createGithubApi } from "./github-api.js";
import { summarizeTags } from "./package-version.js";
import { createPackageReader } from "./read-package.js";

const GITHUB_API = "https://api.github.com";

/** Settings of {@link createPackagesApi}. */
export interface PackagesApiSettings extends HttpClientSettings {
  readonly credentials: Pick<CredentialProvider, "forRepository">;
  /** For one answer of `credentials`, with all that it reads for it; default 30 seconds. */
  readonly credentialTimeoutMs?: number | undefined;
  readonly apiUrl?: string | undefined;
}

/** GitHub's REST API for packages. */
export interface PackagesApi {
  /** As the method of a `RegistryClient`; the path must be in lower case. */
  describeTags(
    repository: Repository,
    options?: RegistryCallOptions,
  ): Promise<readonly TagSummary[]>;
}

/** Digests and push times of a repository's tags at one request for each hundred versions. */
export function createPackagesApi(settings: PackagesApiSettings): PackagesApi {
  const { apiUrl } = settings;
  // By the machine's time, as for requests: the clock is for what depends on the date.
  const credentials = boundCredentials(settings.credentials, {
    clock: systemClock(),
    timeoutMs: settings.credentialTimeoutMs,
  });
  const clock: Clock = settings.clock ?? systemClock();
  const packages = createPackageReader(createGithubApi(settings, clock));
  return {
    async describeTags(repository, { signal, pauseDeadline, credential: reference } = {}) {
      const place = { host: repository.host, repository: repository.path };
      const baseUrl = baseUrlFor(repository, apiUrl, place);
      const packageName = parsePackageName(repository.path);
      if (packageName === undefined) {
        const what = `${JSON.stringify(repository.path)} is not a package; write it as owner/name`;
        throw refused(what, place);
      }
      const token = await apiToken(credentials, { repository, reference, signal }, place);
      const identity = createHash("sha256").update(token).digest("hex");
      const caller = { place, token, identity, signal, pauseDeadline };
      return summarizeTags(await packages.read(caller, baseUrl, packageName));
    },
  };
}

/** Without a trailing slash. A token of one GitHub is never sent to another by default. */
function baseUrlFor(
  repository: Repository,
  apiUrl: string | undefined,
  place: RequestPlace,
): string {
  if (apiUrl === undefined) {
    // A mirror that answers for ghcr.io has credentials of its own, which are not GitHub's to see.
    if (repository.host.toLowerCase() === GHCR_HOST && isGithub(repository)) return GITHUB_API;
    throw refused('its REST API is not known; set "apiUrl", as https://<host>/api/v3', place);
  }
  const reason = URL.canParse(apiUrl) ? refuseApiUrl(new URL(apiUrl)) : "it is not a URL";
  if (reason === undefined) return apiUrl.replace(/(?<!\/)\/+$/, "");
  throw refused(`the setting "apiUrl" is refused: ${reason}; write ${GITHUB_API}`, place);
}

function isGithub({ apiUrl }: Repository): boolean {
  return URL.canParse(apiUrl) && new URL(apiUrl).host === GHCR_HOST;
}

function refused(what: string, place: RequestPlace): RegistryError {
  return new RegistryError("refused-address", `${place.host}: ${what}`, place);
}
