import { DOCKER_HUB, type ImageName } from "../image/reference-grammar.js";
import type { Repository } from "../ports/registry-client.js";
import { defaultRegistry, type RegistryConfig } from "./registry-config.js";
import { parseRegistryKey } from "./registry-key.js";

const INFERRED_REQUESTS_PER_SECOND = 20;

/** Which API answers for an image, and what it is called there. */
export interface ResolvedRegistry {
  readonly repository: Repository;
  readonly endpoint: RegistryConfig;
}

/**
 * Finds the registry that serves an image: the default one for an image without registry, then the
 * entry with the image's host as prefix, then the longest prefix of its name, then the entry without
 * prefix, else `https://<host>`.
 *
 * As in Argo CD Image Updater, but a prefix ends where a path component ends. Docker Hub is built in
 * unless configured. An entry with a `problem` is found like every other: its images are errors.
 */
export function resolveRegistry(
  reference: ImageName,
  registries: readonly RegistryConfig[] = [],
): ResolvedRegistry {
  const endpoint = selectEndpoint(reference, registries);
  const host = reference.registry ?? parseRegistryKey(endpoint.prefix ?? endpoint.apiUrl).host;
  const path = qualify(reference.repository, endpoint);
  return { repository: { host, path, apiUrl: endpoint.apiUrl }, endpoint };
}

function selectEndpoint(
  { registry, repository }: ImageName,
  registries: readonly RegistryConfig[],
): RegistryConfig {
  const hub = registries.findLast(({ prefix }) => prefix === DOCKER_HUB) ?? defaultRegistry;
  if (registry === undefined) return registries.findLast(({ isDefault }) => isDefault) ?? hub;
  return (
    [hub, ...registries].findLast(({ prefix }) => prefix === registry) ??
    findLongestPrefix(`${registry}/${repository}`, registries) ??
    registries.findLast(({ prefix = "" }) => prefix === "") ??
    inferEndpoint(registry)
  );
}

function findLongestPrefix(
  name: string,
  registries: readonly RegistryConfig[],
): RegistryConfig | undefined {
  return registries
    .filter(
      ({ prefix }) => prefix !== undefined && prefix !== "" && `${name}/`.startsWith(`${prefix}/`),
    )
    .toSorted((a, b) => (a.prefix ?? "").length - (b.prefix ?? "").length)
    .at(-1);
}

function inferEndpoint(host: string): RegistryConfig {
  return {
    name: host,
    apiUrl: `https://${host}`,
    prefix: host,
    tagSortMode: "unsorted",
    insecure: false,
    requestsPerSecond: INFERRED_REQUESTS_PER_SECOND,
    isDefault: false,
  };
}

/** Docker Hub's one-word names live under `library` whether or not an entry for it says so. */
function qualify(repository: string, { prefix, defaultNamespace }: RegistryConfig): string {
  const implied = prefix === DOCKER_HUB ? defaultRegistry.defaultNamespace : undefined;
  const namespace = defaultNamespace ?? implied;
  return namespace === undefined || repository.includes("/")
    ? repository
    : `${namespace}/${repository}`;
}
