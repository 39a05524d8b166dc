// A cluster as the core's ports.

// The API server
export { kubernetesApi, type KubernetesApiSettings } from "./api/kube-config-api.js";
export type { KubeConfigLike } from "./api/kubernetes-connection.js";
export type {
  KubernetesApi,
  KubernetesRequest,
  KubernetesResponse,
  KubernetesWatchEvent,
  KubernetesWatchRequest,
} from "./api/kubernetes-api.js";
export {
  KubernetesError,
  type KubernetesErrorCode,
  type KubernetesErrorContext,
} from "./api/kubernetes-error.js";
export type { Namespaces } from "./api/namespaces.js";

// Applications
export {
  kubernetesApplications,
  type KubernetesApplicationsSettings,
} from "./applications/kubernetes-applications.js";
export {
  kubernetesApplicationClient,
  type KubernetesApplicationClientSettings,
} from "./applications/kubernetes-application-client.js";

// ImageUpdater resources
export {
  kubernetesImageUpdaters,
  type ImageUpdaterChange,
  type KubernetesImageUpdaters,
  type KubernetesImageUpdatersSettings,
} from "./image-updaters/kubernetes-image-updaters.js";
export type { FinalizerRemoval } from "./image-updaters/remove-finalizer.js";
export type { ImageUpdaterStatusWrite } from "./image-updaters/write-status.js";

// Secrets and config maps
export { kubernetesSecrets, type KubernetesSecretsSettings } from "./secrets/kubernetes-secrets.js";
export {
  kubernetesConfigMaps,
  type ConfigMapData,
  type ConfigMapName,
  type KubernetesConfigMaps,
  type KubernetesConfigMapsSettings,
} from "./config-maps/kubernetes-config-maps.js";

// Events and leader election
export {
  kubernetesEvents,
  type KubernetesEvents,
  type KubernetesEventsSettings,
  type RecordedEvents,
} from "./events/kubernetes-events.js";
export {
  createLeaderElection,
  type LeaderElection,
  type LeaderElectionSettings,
} from "./leases/create-leader-election.js";
