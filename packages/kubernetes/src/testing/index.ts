// An API server to test against.

export {
  startKubernetesApi,
  type KubernetesTestApi,
  type KubernetesTestOptions,
} from "./start-kubernetes-api.js";
export type { LoggedKubernetesRequest } from "./request-handler.js";
export type { KubernetesTestRule, KubernetesTestUser } from "./access.js";
export type { KubernetesTestFault } from "./fault-plan.js";
export type { KubernetesObject, ObjectName } from "./kubernetes-object.js";
export type { KubernetesTestResource } from "./test-resource.js";
