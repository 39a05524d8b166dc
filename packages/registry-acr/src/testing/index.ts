// Alibaba Cloud's APIs to test against.

export {
  startAcrOpenApi,
  type AcrOpenApiOptions,
  type AcrOpenApiServer,
  type LoggedCall,
} from "./start-acr-open-api.js";
export type { AcrFixture, AcrTagFixture } from "./acr-fixture.js";
export type { Throttling } from "./throttle-plan.js";
export type { TestAccessKey } from "./check-signature.js";
export type { EcsRoleFixture, OidcRoleFixture } from "./session-api.js";
