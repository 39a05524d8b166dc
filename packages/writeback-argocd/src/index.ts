// The public names: what writes to Applications, and the client for the Argo CD API server.

export { createArgoCdWriteBack, type ArgoCdWriteBackSettings } from "./create-argocd-write-back.js";
export type { RevertSettings } from "./reverts/revert-memory.js";
export {
  createArgoCdApiClient,
  type ArgoCdApiClientSettings,
} from "./api/create-argocd-api-client.js";
