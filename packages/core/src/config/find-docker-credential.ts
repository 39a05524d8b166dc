import type { DockerConfig, DockerConfigEntry } from "./docker-config.js";
import type { DockerCredential } from "./docker-credential.js";
import { canonicalHost, isDockerHubHost, parseRegistryKey } from "./registry-key.js";
import { siblingHosts } from "./sibling-hosts.js";

/** What credentials are wanted for; a `Repository` is one. */
export interface DockerCredentialQuery {
  /** Base URL of the registry's API. */
  readonly apiUrl: string;
  /** The registry's host in image names, when it differs from the API's. */
  readonly host?: string | undefined;
  /** Path of the repository, for entries such as `ghcr.io/org`. */
  readonly path?: string | undefined;
}

/** Settings of {@link findDockerCredential}. */
export interface DockerCredentialOptions {
  /**
   * Whether helper programs count, as for docker itself. Without them only the file's own credentials
   * are found, as a Kubernetes node reads pull secrets. Default `true`.
   */
  readonly helpers?: boolean | undefined;
}

const DOCKER_HUB_SERVER = "https://index.docker.io/v1/";

/**
 * The credential a docker config file has for a registry: the registry's own helper, else the general
 * one, else the file's entry. `undefined` when it has none.
 *
 * Hosts match whole, all names of Docker Hub being one; paths match by whole components, the longest
 * first. The API's host goes before the image's. What is found first is the answer, usable or not.
 */
export function findDockerCredential(
  config: DockerConfig,
  registry: DockerCredentialQuery,
  { helpers = true }: DockerCredentialOptions = {},
): DockerCredential | undefined {
  const [ownHelper] = helpers ? findEntries(config.credentialHelpers, registry) : [];
  if (ownHelper?.credential !== undefined) return addressHelper(ownHelper.credential);
  if (helpers && config.credentialsStore !== undefined) {
    const serverUrl = registry.host ?? parseRegistryKey(registry.apiUrl).host;
    return addressHelper({ kind: "helper", helper: config.credentialsStore, serverUrl });
  }
  return findEntries(config.auths, registry).find(({ credential }) => credential !== undefined)
    ?.credential;
}

/**
 * Hosts with credentials in the file that belong to the same registry as `host` while `host` itself
 * has none: what a person most likely forgot.
 */
export function findSiblingHosts(config: DockerConfig, host: string): readonly string[] {
  const known = [...config.auths, ...config.credentialHelpers]
    .filter(({ credential }) => credential?.kind !== "invalid")
    .map(({ key }) => parseRegistryKey(key).host);
  return siblingHosts(host, known);
}

interface Match {
  readonly entry: DockerConfigEntry;
  /** 0 for the API's host, 1 for the image's. */
  readonly hostRank: number;
  readonly pathLength: number;
  /** 0 when the host is spelled as asked for. */
  readonly spelling: number;
}

function findEntries(
  entries: readonly DockerConfigEntry[],
  registry: DockerCredentialQuery,
): readonly DockerConfigEntry[] {
  const hosts = [parseRegistryKey(registry.apiUrl).host, ...hostOf(registry)];
  return entries
    .flatMap((entry) => matchEntry(entry, hosts, registry.path ?? ""))
    .toSorted(compareMatches)
    .map(({ entry }) => entry);
}

function matchEntry(
  entry: DockerConfigEntry,
  hosts: readonly string[],
  repository: string,
): readonly Match[] {
  const { host, path } = parseRegistryKey(entry.key);
  const hostRank = hosts.findIndex((wanted) => canonicalHost(wanted) === canonicalHost(host));
  if (hostRank === -1) return [];
  if (path !== "" && !`${repository}/`.startsWith(`${path}/`)) return [];
  return [{ entry, hostRank, pathLength: path.length, spelling: hosts[hostRank] === host ? 0 : 1 }];
}

function compareMatches(a: Match, b: Match): number {
  return a.hostRank - b.hostRank || b.pathLength - a.pathLength || a.spelling - b.spelling;
}

function hostOf({ host }: DockerCredentialQuery): readonly string[] {
  return host === undefined ? [] : [parseRegistryKey(host).host];
}

function addressHelper(credential: DockerCredential): DockerCredential {
  if (credential.kind !== "helper" || !isDockerHubHost(credential.serverUrl)) return credential;
  return { ...credential, serverUrl: DOCKER_HUB_SERVER };
}
