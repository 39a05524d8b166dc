import { CredentialError } from "@image-updater/core";
import type {
  CancelSignal,
  Clock,
  Credential,
  CredentialProvider,
  RegistryCallOptions,
  Repository,
  RepositoryCredentialRequest,
  TagSummary,
} from "@image-updater/core";
import { createHttpClient, type HttpClientSettings } from "@image-updater/registry-oci/http";
import { acrHostOf } from "../hosts/acr-host.js";
import { instanceKey, type AcrInstance } from "../instance/acr-instance.js";
import { createInstanceFinder, type InstanceFinder } from "../instance/find-instance.js";
import { createAcrApi, type AcrApi } from "../openapi/acr-api.js";
import { openApiConnection } from "../openapi/open-api-connection.js";
import { createTagTimes } from "../tag-times/tag-times.js";
import type { AccessKeySource } from "./access-key.js";
import { credentialFailure } from "./credential-failure.js";
import { createExpiringCache, type Expiring } from "./expiring-cache.js";
import { refuseOwnReference } from "./own-reference.js";
import { createKeyHolder, type KeyHolder } from "./key-holder.js";
import { requestLogin, type TemporaryLogin } from "./temporary-login.js";

const MARGIN = { ms: 5 * 60 * 1000, share: 0.1 };
/** A password that is refused when it is this new was not refused for its age. */
const YOUNG_MS = 60 * 1000;

/** Settings of {@link acrCredentials}; of the HTTP ones, pass the `dispatcher` that the client has. */
export interface AcrCredentialsSettings extends HttpClientSettings {
  /** Where access keys come from. */
  readonly source: AccessKeySource;
  /** Base URL of the OpenAPI; default `https://cr.<region>.aliyuncs.com`. */
  readonly endpoint?: string | undefined;
  /** Where the OpenAPI is reached; default `vpc` for registry hosts of a VPC (`cr-vpc.<region>…`). */
  readonly network?: "public" | "vpc" | undefined;
  /** Calls of the OpenAPI; default 15. */
  readonly requestsPerSecond?: number | undefined;
}

/** What an access key is good for: passwords of registries, and the times of their tags. */
export interface AcrCredentials extends Pick<CredentialProvider, "forRepository"> {
  /** Names, digests and times of all tags, as `RegistryClient.describeTags` promises. */
  describeTags(
    repository: Repository,
    options?: Pick<RegistryCallOptions, "signal" | "pauseDeadline">,
  ): Promise<readonly TagSummary[]>;
}

/**
 * Short-lived passwords of ACR in exchange for an access key.
 *
 * Region, edition and instance are read off the registry's challenge, once for each registry. A
 * password is kept until five minutes, or a tenth of its life, before it expires; who asks at the same
 * time shares one call. Alibaba Cloud's own instance is read anonymously.
 */
export function acrCredentials(settings: AcrCredentialsSettings): AcrCredentials {
  const connection = openApiConnection(settings, settings.requestsPerSecond);
  const { clock } = connection;
  const key = createKeyHolder(settings.source, connection);
  const instances = createInstanceFinder(createHttpClient(settings), clock);
  const api = createAcrApi(connection, key, settings);
  const logins = createLoginProvider({ clock, key, instances, api });
  const tagTimes = createTagTimes(api, instances);
  return {
    forRepository: (request) => logins.forRepository(request),
    describeTags: (repository, { signal, pauseDeadline } = {}) =>
      tagTimes.describeTags(repository, { signal, pauseDeadline }),
  };
}

interface LoginParts {
  readonly clock: Clock;
  readonly key: KeyHolder;
  readonly instances: InstanceFinder;
  readonly api: AcrApi;
}

function createLoginProvider(parts: LoginParts): Pick<CredentialProvider, "forRepository"> {
  const { clock, instances } = parts;
  const logins = createExpiringCache<TemporaryLogin>(clock, MARGIN);

  async function loginFor(request: RepositoryCredentialRequest): Promise<TemporaryLogin> {
    const { repository, signal, rejected } = request;
    const instance = await instances.find(repository, { signal });
    const name = instanceKey(instance);
    if (rejected === true) logins.forget(name, YOUNG_MS);
    const fetch = (ended: CancelSignal): Promise<Expiring<TemporaryLogin>> =>
      fetchLogin(parts, repository, instance, ended);
    const login = await logins.read(name, fetch, signal);
    if (login !== undefined) return login;
    const reference = referenceOf(repository);
    throw new CredentialError("cancelled", `${reference}: cancelled`, { reference });
  }

  return {
    async forRepository(request): Promise<Credential> {
      const { repository } = request;
      refuseOwnReference(request);
      if (acrHostOf(repository)?.edition === "system") return { kind: "anonymous" };
      try {
        const { username, password, expiresAt } = await loginFor(request);
        const until = new Date(expiresAt).toISOString();
        return { kind: "basic", username, password, expiresAt: until };
      } catch (error) {
        const failure = credentialFailure(error, referenceOf(repository));
        // A custom domain may have moved to another instance.
        if (isFinal(failure)) instances.forget(repository);
        throw failure;
      }
    },
  };
}

/** A session's password ends with its session. */
async function fetchLogin(
  { api, key }: LoginParts,
  repository: Repository,
  instance: AcrInstance,
  signal: CancelSignal,
): Promise<Expiring<TemporaryLogin>> {
  const place = { host: repository.host };
  const login = await requestLogin(api, { instance, repository, place, signal });
  const { expiration } = await key(signal);
  const sessionEnd = expiration === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiration);
  const expiresAt = Math.min(login.expiresAt, sessionEnd);
  return { value: { ...login, expiresAt }, expiresAt };
}

function isFinal(failure: unknown): boolean {
  return CredentialError.is(failure) && !failure.retryable && failure.code !== "cancelled";
}

function referenceOf({ host }: Repository): string {
  return `acr:${host}`;
}
