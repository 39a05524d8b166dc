import type { SecretCarrier } from "./check-secret.js";
import type { WebhookRequest } from "./webhook-request.js";
import type { WebhookResult } from "./webhook-result.js";

/** How one kind of sender proves who it is and says what was pushed. */
export interface WebhookParser {
  /** Where its secret may stand; the first place that is filled counts. */
  readonly secretIn: readonly SecretCarrier[];
  /** Whether the `Content-Type` must be JSON, must be so if there is one, or does not matter. */
  readonly contentType: "json" | "json-if-given" | "any";
  /** Reads the decoded body of a request whose secret is proven. */
  parse(payload: unknown, request: WebhookRequest): WebhookResult;
}
