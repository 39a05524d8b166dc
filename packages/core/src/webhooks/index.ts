// What a consumer needs to take registries' webhooks: read one, find its images, mount a handler.

export { parseWebhook, parseWith as parseWebhookWith } from "./parse-webhook.js";
export type { WebhookParser } from "./webhook-parser.js";
export type { SecretCarrier } from "./check-secret.js";
export type { WebhookRequest, WebhookValue } from "./webhook-request.js";
export type {
  PushEvent,
  WebhookAnswer,
  WebhookPush,
  WebhookRefusal,
  WebhookRefusalCode,
  WebhookResult,
} from "./webhook-result.js";
export { isWebhookKind, webhookKinds, type WebhookKind } from "./webhook-kind.js";

export { affectedBy, matchesEvent } from "./matches-event.js";

export {
  createWebhookHandler,
  type WebhookHandler,
  type WebhookHandlerSettings,
  type WebhookHttpRequest,
  type WebhookHttpResponse,
} from "./webhook-handler.js";
