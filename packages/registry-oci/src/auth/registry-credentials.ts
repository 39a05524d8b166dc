import { env } from "node:process";
import {
  CredentialError,
  formatCredentialReference,
  resolveRegistry,
  type RegistryConfig,
} from "@image-updater/core";
import type {
  Clock,
  Credential,
  CredentialProvider,
  CredentialReference,
  Repository,
  RepositoryCredentialRequest,
  SecretReader,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { readCredentialSource, type CredentialSource } from "./credential-source.js";
import { canonicalApiUrl } from "../docker-hub/canonical-repository.js";
import { createKeptReads } from "./kept-reads.js";

const KEPT_SECONDS = 60;

/** Settings of {@link registryCredentials}. */
export interface RegistryCredentialsSettings {
  /** The registries with their credentials, as `parseRegistriesConf` gives them; default none. */
  readonly registriesConf?: readonly RegistryConfig[] | undefined;
  /** Needed for `secret:` and `pullsecret:` references only. */
  readonly secrets?: SecretReader | undefined;
  /** Default the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default the machine's own. */
  readonly clock?: Clock | undefined;
}

/**
 * The credentials that references lead to: the image's own, else those of its registry.
 *
 * What is read is kept for a minute, or the `credentialsExpireSeconds` of its registry, and read anew
 * once it was refused; reads at the same time are one. Where nothing is configured the answer is
 * anonymous; what is configured and cannot be had is a `CredentialError`.
 */
export function registryCredentials(
  settings: RegistryCredentialsSettings = {},
): Pick<CredentialProvider, "forRepository"> {
  const { registriesConf = [], secrets, environment = env, clock = systemClock() } = settings;
  const reads = createKeptReads<CredentialSource>(clock);

  async function read(
    reference: CredentialReference,
    seconds: number,
    { rejected = false, signal }: RepositoryCredentialRequest,
  ): Promise<CredentialSource> {
    const name = formatCredentialReference(reference);
    const source = await reads.get(
      name,
      (call) => readCredentialSource(reference, { secrets, environment }, call.signal),
      { maxAgeMs: seconds * 1000, isRejected: rejected, signal },
    );
    if (source !== undefined) return source;
    throw new CredentialError("cancelled", `${name}: cancelled`, { reference: name });
  }

  return {
    async forRepository(request: RepositoryCredentialRequest): Promise<Credential> {
      const { repository, reference } = request;
      if (reference !== undefined) {
        return (await read(reference, KEPT_SECONDS, request))(repository);
      }
      const registry = registryOf(repository, registriesConf);
      if (registry?.problem !== undefined) throw unusable(registry.problem);
      if (registry?.credentials === undefined) return { kind: "anonymous" };
      const { credentials, credentialsExpireSeconds = KEPT_SECONDS } = registry;
      return (await read(credentials, credentialsExpireSeconds, request))(repository);
    },
  };
}

/** Without the entry nobody knows which credentials are right: anonymous might see other tags. */
function unusable(problem: string): CredentialError {
  return new CredentialError("unsupported-reference", problem, { reference: "registries.conf" });
}

/** Several entries may share an API, one for each organisation: the image's name decides, as elsewhere. */
function registryOf(
  { host, path, apiUrl }: Repository,
  registries: readonly RegistryConfig[],
): RegistryConfig | undefined {
  const wanted = canonicalApiUrl(apiUrl);
  const { endpoint } = resolveRegistry({ registry: host, repository: path }, registries);
  const isNamed = registries.includes(endpoint) && canonicalApiUrl(endpoint.apiUrl) === wanted;
  if (isNamed) return endpoint;
  return registries.findLast((registry) => canonicalApiUrl(registry.apiUrl) === wanted);
}
