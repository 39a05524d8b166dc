/** The senders of webhooks, by the names that Argo CD Image Updater gives them. */
export type WebhookKind =
  | "docker.io"
  | "ghcr.io"
  | "harbor"
  | "quay.io"
  | "acr"
  | "aliyun-acr"
  | "cloudevents";

/** Every {@link WebhookKind}; `acr` is Azure's registry, `aliyun-acr` Alibaba Cloud's. */
export const webhookKinds: readonly WebhookKind[] = [
  "docker.io",
  "ghcr.io",
  "harbor",
  "quay.io",
  "acr",
  "aliyun-acr",
  "cloudevents",
];

/** Whether a text names a kind of webhook. */
export function isWebhookKind(text: string): text is WebhookKind {
  return webhookKinds.some((kind) => kind === text);
}
