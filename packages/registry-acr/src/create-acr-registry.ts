import type {
  Credential,
  CredentialProvider,
  DescribeOptions,
  ReferrersOptions,
  RegistryCallOptions,
  RegistryClient,
  Repository,
  TagSummary,
} from "@image-updater/core";
import {
  createOciRegistry,
  type CertificateAuthoritiesSettings,
  type RegistryConnection,
} from "@image-updater/registry-oci";
import { createBoundedMap, type HttpClientSettings } from "@image-updater/registry-oci/http";
import type { AcrCredentials } from "./credentials/acr-credentials.js";
import { refuseOwnReference } from "./credentials/own-reference.js";
import { acrHostOf, apiHostOf } from "./hosts/acr-host.js";
import { trustsAcrRealm } from "./hosts/realm-guard.js";

/** What Alibaba Cloud's own adapter for another registry keeps to. */
const REQUESTS_PER_SECOND = 15;
const MOST_REGISTRIES = 1000;

/** What all clients of ACR can be told. */
export interface AcrClientSettings extends HttpClientSettings, CertificateAuthoritiesSettings {
  /** Custom domains of Enterprise instances, with their port where they have one; default none. */
  readonly hosts?: readonly string[] | undefined;
  /** Which of the repositories on ACR this client reads; default all. */
  readonly serves?: ((repository: Repository) => boolean) | undefined;
  /**
   * TLS and rate of registries, as `parseRegistriesConf` gives them; default none. A registry that is
   * not there gets 15 requests a second.
   */
  readonly registriesConf?: readonly RegistryConnection[] | undefined;
  /**
   * Answers for images with credentials of their own, as `registryCredentials({ secrets })` does;
   * default `credentials`, where those can.
   */
  readonly references?: Pick<CredentialProvider, "forRepository"> | undefined;
}

/** Settings of {@link createAcrRegistry}. All are optional: some public images need none. */
export type AcrRegistrySettings = AcrClientSettings &
  (
    | {
        /** `acrLogin`, `acrCredentials`, or a function of your own; default anonymous. */
        readonly credentials?: Pick<CredentialProvider, "forRepository"> | undefined;
        /** The registry alone says what tags are and when they were built: the default. */
        readonly tagTimes?: "registry" | undefined;
      }
    | {
        readonly credentials: AcrCredentials;
        /** The OpenAPI dates tags, 100 in a call; the registry is asked for the winner only. */
        readonly tagTimes: "openapi";
      }
  );

/**
 * A {@link RegistryClient} for Alibaba Cloud Container Registry, all editions.
 *
 * It is the client of the distribution API, with the hosts, credentials and limits of ACR. Creating one
 * does no I/O.
 */
export function createAcrRegistry(settings: AcrRegistrySettings = {}): RegistryClient {
  const clientOf = createClients(settings);
  const registry: RegistryClient = {
    contract: "registry-client/1",
    serves: (repository) => servesAcr(repository, settings),
    async listTags(repository, options: RegistryCallOptions = {}): Promise<readonly string[]> {
      return clientOf(repository).listTags(repository, options);
    },
    async describeTag(repository, tag, options: DescribeOptions) {
      return clientOf(repository).describeTag(repository, tag, options);
    },
    async resolveDigest(repository, tag, options: RegistryCallOptions = {}) {
      return clientOf(repository).resolveDigest(repository, tag, options);
    },
    async listReferrers(repository, digest, options: ReferrersOptions = {}) {
      const { listReferrers } = clientOf(repository);
      return (await listReferrers?.(repository, digest, options)) ?? "unsupported";
    },
  };
  if (settings.tagTimes !== "openapi") return registry;
  return { ...registry, describeTags: describeBy(settings.credentials, registry) };
}

/**
 * The key's list holds for everybody; an image with credentials of its own learns of no more tags than
 * those let it see.
 */
function describeBy(
  credentials: AcrCredentials,
  registry: RegistryClient,
): NonNullable<RegistryClient["describeTags"]> {
  return async (repository, options = {}): Promise<readonly TagSummary[]> => {
    const summaries = await credentials.describeTags(repository, options);
    if (options.credential === undefined) return summaries;
    const visible = new Set(await registry.listTags(repository, options));
    return summaries.filter(({ name }) => visible.has(name));
  };
}

function servesAcr(repository: Repository, settings: AcrRegistrySettings): boolean {
  const { hosts = [], serves, tagTimes } = settings;
  const names = [repository.host, apiHostOf(repository.apiUrl)].map((name) => name.toLowerCase());
  const isCustom = hosts.some((host) => names.includes(host.toLowerCase()));
  const host = acrHostOf(repository);
  // Nobody but Alibaba Cloud may ask the OpenAPI about its own instance.
  const isClosed = host?.edition === "system" && tagTimes === "openapi";
  if (!isCustom && (host === undefined || isClosed)) return false;
  return serves === undefined || serves(repository);
}

/** One client for each API: rates are configured by API, and these are not known in advance. */
function createClients(settings: AcrRegistrySettings): (repository: Repository) => RegistryClient {
  const clients = createBoundedMap<RegistryClient>(MOST_REGISTRIES);
  return ({ apiUrl }) => {
    const known = clients.get(apiUrl);
    if (known !== undefined) return known;
    const client = createOciRegistry({
      ...settings,
      credentials: credentialsOf(settings),
      registriesConf: [
        { apiUrl, requestsPerSecond: REQUESTS_PER_SECOND },
        ...(settings.registriesConf ?? []),
      ],
      serves: undefined,
      trustsRealm: trustsAcrRealm,
    });
    clients.set(apiUrl, client);
    return client;
  };
}

function credentialsOf({
  credentials,
  references = credentials,
}: AcrRegistrySettings): Pick<CredentialProvider, "forRepository"> {
  return {
    async forRepository(request): Promise<Credential> {
      const provider = request.reference === undefined ? credentials : references;
      if (provider !== undefined) return provider.forRepository(request);
      refuseOwnReference(request);
      return { kind: "anonymous" };
    },
  };
}
