// The public names, in reading order: the client, and the credentials it asks for.

export { createOciRegistry, type OciRegistrySettings } from "./create-oci-registry.js";
export type { RegistryConnection } from "./registry-channels.js";
export type { HttpClientSettings } from "./http/http-client.js";
export {
  registryCredentials,
  type RegistryCredentialsSettings,
} from "./auth/registry-credentials.js";
