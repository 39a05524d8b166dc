// An Argo CD API server to test against, and the promises of the write-back over any client.

export {
  startArgoCdApi,
  type ArgoCdApiFault,
  type ArgoCdApiOptions,
  type ArgoCdApiServer,
} from "./start-argocd-api.js";
export type { ArgoCdToken } from "./application-api.js";
export type { ApplicationKey } from "./application-store.js";
export type { JsonObject } from "./json-patch.js";
export type { JsonRequest, ServerCertificate, WebServer } from "./web-server.js";
export {
  argoCdWriteBackContract,
  type ArgoCdWriteBackHarness,
} from "./argocd-write-back-contract.js";
export type { ApplicationsUnderTest, Manifest } from "./write-clause.js";
