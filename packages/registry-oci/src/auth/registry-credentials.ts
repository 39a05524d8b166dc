import { env } from "node:process";
import {
  CredentialError,
  formatCredentialReference,
  resolveRegistry,
  type RegistryConfig,
} from "@image-updater/core";
import type {
  CancelSignal,
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
import { createSingleFlight } from "../http/single-flight.js";

/** Settings of {@link registryCredentials}. */
export interface RegistryCredentialsSettings {
  /** The registries with their credentials, as `parseRegistriesConf` gives them; default none. */
  readonly registries?: readonly RegistryConfig[] | undefined;
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
 * Each is read when it is wanted, reads at the same time being one. Those of a registry with
 * `credentialsExpireSeconds` are kept that long. Where nothing is configured the answer is anonymous;
 * what is configured and cannot be had is a `CredentialError`.
 */
export function registryCredentials(
  settings: RegistryCredentialsSettings = {},
): Pick<CredentialProvider, "forRepository"> {
  const { registries = [], secrets, environment = env, clock = systemClock() } = settings;
  const flights = createSingleFlight<CredentialSource>();
  const kept = new Map<string, { readonly source: CredentialSource; readonly until: number }>();

  async function read(
    reference: CredentialReference,
    signal: CancelSignal | undefined,
  ): Promise<CredentialSource> {
    const name = formatCredentialReference(reference);
    const source = await flights.run(
      name,
      (ended) => readCredentialSource(reference, { secrets, environment }, ended),
      signal,
    );
    if (source !== undefined) return source;
    throw new CredentialError("cancelled", `${name}: cancelled`, { reference: name });
  }

  async function readAndKeep(
    reference: CredentialReference,
    seconds: number,
    signal: CancelSignal | undefined,
  ): Promise<CredentialSource> {
    const name = formatCredentialReference(reference);
    const known = kept.get(name);
    const now = clock.now().getTime();
    if (known !== undefined && now < known.until) return known.source;
    const source = await read(reference, signal);
    kept.set(name, { source, until: now + seconds * 1000 });
    return source;
  }

  return {
    async forRepository(request: RepositoryCredentialRequest): Promise<Credential> {
      const { repository, reference, signal } = request;
      if (reference !== undefined) return (await read(reference, signal))(repository);
      const registry = registryOf(repository, registries);
      if (registry?.credentials === undefined) return { kind: "anonymous" };
      const seconds = registry.credentialsExpireSeconds ?? 0;
      return (await readAndKeep(registry.credentials, seconds, signal))(repository);
    },
  };
}

/** Several entries may share an API, one for each organisation: the image's name decides, as elsewhere. */
function registryOf(
  { host, path, apiUrl }: Repository,
  registries: readonly RegistryConfig[],
): RegistryConfig | undefined {
  const { endpoint } = resolveRegistry({ registry: host, repository: path }, registries);
  if (endpoint.apiUrl === apiUrl) return endpoint;
  return registries.findLast((registry) => registry.apiUrl === apiUrl);
}
