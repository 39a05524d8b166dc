/** The senders of webhooks: the first seven by the names that Argo CD Image Updater gives them. */
export type WebhookKind =
  | "docker.io"
  | "ghcr.io"
  | "harbor"
  | "quay.io"
  | "acr"
  | "aliyun-acr"
  | "cloudevents"
  | "ecr"
  | "gar"
  | "gitlab"
  | "gitea"
  | "distribution"
  | "artifactory"
  | "nexus";

/**
 * Every {@link WebhookKind}; `acr` is Azure's registry, `aliyun-acr` Alibaba Cloud's, `ecr` Amazon's by
 * EventBridge, `gar` Google's by Pub/Sub, `distribution` Docker's own.
 */
export const webhookKinds: readonly WebhookKind[] = [
  "docker.io",
  "ghcr.io",
  "harbor",
  "quay.io",
  "acr",
  "aliyun-acr",
  "cloudevents",
  "ecr",
  "gar",
  "gitlab",
  "gitea",
  "distribution",
  "artifactory",
  "nexus",
];

/** Whether a text names a kind of webhook. */
export function isWebhookKind(text: string): text is WebhookKind {
  return webhookKinds.some((kind) => kind === text);
}
