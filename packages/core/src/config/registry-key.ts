/** A registry address cut into its host (lower case, with port) and its path, without slashes around. */
export interface RegistryKey {
  readonly host: string;
  readonly path: string;
}

const API_VERSION = /^v[12]$/;

/**
 * Reads the ways a registry is written: `ghcr.io`, `https://ghcr.io`, `https://index.docker.io/v1/`,
 * `ghcr.io/org`. The API's version is not part of the path.
 */
export function parseRegistryKey(text: string): RegistryKey {
  const address = text.trim().replace(/^[a-z]+:\/\//i, "");
  const slash = address.indexOf("/");
  const authority = slash === -1 ? address : address.slice(0, slash);
  const path = slash === -1 ? "" : address.slice(slash).replaceAll(/^\/+|(?<!\/)\/+$/g, "");
  const host = authority.slice(authority.lastIndexOf("@") + 1).toLowerCase();
  return { host, path: API_VERSION.test(path) ? "" : path };
}

const DOCKER_HUB_HOSTS: ReadonlySet<string> = new Set([
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
  "registry.hub.docker.com",
]);

/** Whether the host is one of the names of Docker Hub. */
export function isDockerHubHost(host: string): boolean {
  return DOCKER_HUB_HOSTS.has(host.toLowerCase());
}

/** The host under one name: all names of Docker Hub are `docker.io`. */
export function canonicalHost(host: string): string {
  return isDockerHubHost(host) ? "docker.io" : host.toLowerCase();
}
