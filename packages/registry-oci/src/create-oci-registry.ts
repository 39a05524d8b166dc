import {
  boundCredentials,
  type Clock,
  type CredentialProvider,
  type DescribeOptions,
  type Referrer,
  type ReferrersOptions,
  type RegistryCallOptions,
  type RegistryClient,
  type Repository,
  type TagDetails,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { refuseIgnoredSettings } from "@image-updater/http";
import { createAuthorizer } from "./auth/authorizer.js";
import type { CertificateAuthoritiesSettings } from "./certificate-authorities.js";
import { canonicalRepository } from "./docker-hub/canonical-repository.js";
import { createHttpClient, type HttpClientSettings } from "./http/http-client.js";
import { createConfigStore } from "./manifest/config-store.js";
import { describeTag } from "./manifest/describe-tag.js";
import { resolveDigest } from "./manifest/resolve-digest.js";
import { listReferrers } from "./referrers/list-referrers.js";
import { createRegistryChannels, type RegistryConnection } from "./registry-channels.js";
import { openRepository, type RepositorySession } from "./repository-session.js";
import { listTags } from "./tags/list-tags.js";
import { createPageSizes } from "./tags/page-sizes.js";

/** Settings of {@link createOciRegistry}. All are optional: public images need none. */
export interface OciRegistrySettings extends HttpClientSettings, CertificateAuthoritiesSettings {
  /**
   * TLS and rate of registries, as `parseRegistriesConf` gives them; default none. The TLS settings
   * are not used beside a `dispatcher`, which has its own.
   */
  readonly registriesConf?: readonly RegistryConnection[] | undefined;
  /** Asked once for each call that meets a registry which wants them; default anonymous. */
  readonly credentials?: Pick<CredentialProvider, "forRepository"> | undefined;
  /** For one answer of `credentials`, with all that it reads for it; default 30 seconds. */
  readonly credentialTimeoutMs?: number | undefined;
  /** Which repositories this client reads; default all. */
  readonly serves?: ((repository: Repository) => boolean) | undefined;
  /** Which token servers a registry may name, of those that no registry is refused; default all. */
  readonly trustsRealm?: ((realm: URL, repository: Repository) => boolean) | undefined;
}

/**
 * A {@link RegistryClient} for every registry that speaks the OCI distribution API.
 *
 * Challenges, tokens, connections and limits are shared by all its calls; creating one does no I/O.
 */
export function createOciRegistry(settings: OciRegistrySettings = {}): RegistryClient {
  const { registriesConf = [], serves = everything, dispatcher } = settings;
  refuseIgnoredSettings("createOciRegistry", { dispatcher });
  const clock: Clock = settings.clock ?? systemClock();
  // By the machine's time, as for requests: the clock is for what depends on the date.
  const credentials = boundCredentials(settings.credentials ?? {}, {
    clock: systemClock(),
    timeoutMs: settings.credentialTimeoutMs,
  });
  const http = createHttpClient({ ...settings, clock });
  const authorizer = createAuthorizer(http, clock, settings.trustsRealm);
  const parts = { http, credentials, authorizer };
  const configs = createConfigStore();
  const pageSizes = createPageSizes();
  const { certificatesFolder } = settings;
  const channels = createRegistryChannels(
    registriesConf,
    dispatcher !== undefined,
    clock,
    certificatesFolder,
  );

  async function open(asked: Repository, options: RegistryCallOptions): Promise<RepositorySession> {
    const repository = canonicalRepository(asked);
    return openRepository(parts, await channels.open(repository), repository, options);
  }

  return {
    contract: "registry-client/1",
    serves,
    async listTags(repository, options: RegistryCallOptions = {}): Promise<readonly string[]> {
      return listTags(await open(repository, options), clock, pageSizes);
    },
    async describeTag(repository, tag, options: DescribeOptions): Promise<TagDetails> {
      return describeTag(await open(repository, options), tag, options.platforms, clock, configs);
    },
    async resolveDigest(
      repository,
      tag,
      options: RegistryCallOptions = {},
    ): Promise<string | undefined> {
      return resolveDigest(await open(repository, options), tag, clock);
    },
    async listReferrers(
      repository,
      digest,
      options: ReferrersOptions = {},
    ): Promise<readonly Referrer[] | "unsupported"> {
      const session = await open(repository, options);
      return listReferrers(session, digest, options.artifactType, clock);
    },
  };
}

function everything(): boolean {
  return true;
}
