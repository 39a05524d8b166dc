// The public names, in reading order: the clients, and the credentials they ask for.

export { createOciRegistry, type OciRegistrySettings } from "./create-oci-registry.js";
export {
  createDockerHubRegistry,
  type DockerHubRegistrySettings,
} from "./docker-hub/create-docker-hub-registry.js";
export type { RegistryConnection } from "./registry-channels.js";
export {
  checkCertificateAuthorities,
  type CertificateAuthoritiesSettings,
} from "./certificate-authorities.js";
export type { HttpClientSettings } from "./http/http-client.js";
export type { NoticeListeners, RateLimitNotice, WarningNotice } from "./http/notices.js";
export {
  registryCredentials,
  type RegistryCredentialsSettings,
} from "./auth/registry-credentials.js";
export {
  dockerConfigCredentials,
  type DockerConfigCredentialsSettings,
} from "./auth/docker-config-credentials.js";
export { firstCredentials } from "./auth/first-credentials.js";

export { fileFactsCache, type FileFactsCacheSettings } from "./cache/file-facts-cache.js";
