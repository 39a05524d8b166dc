// The public names, in reading order: the client, its credentials, and the sources of access keys.

export {
  createAcrRegistry,
  type AcrClientSettings,
  type AcrRegistrySettings,
} from "./create-acr-registry.js";
export { acrLogin, type AcrLogin } from "./credentials/acr-login.js";
export {
  acrCredentials,
  type AcrCredentials,
  type AcrCredentialsSettings,
} from "./credentials/acr-credentials.js";
export {
  accessKey,
  environmentAccessKey,
  type AccessKey,
  type AccessKeyRequest,
  type AccessKeySource,
} from "./credentials/access-key.js";
export { rrsaRole, type RrsaRoleSettings } from "./credentials/rrsa-role.js";
export { ecsRole, type EcsRoleSettings } from "./credentials/ecs-role.js";
export type { OpenApiConnection } from "./openapi/open-api-connection.js";
