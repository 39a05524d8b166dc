import { z } from "zod";
import { decodePayload, registryHost, textField } from "./payload-fields.js";
import type { WebhookParser } from "./webhook-parser.js";
import { acceptPush, quote, refuse } from "./webhook-result.js";

const envelopeSchema = z.object({ action: textField });

const pushSchema = z.object({
  target: z.object({ repository: textField, tag: textField, digest: textField }),
  request: z.object({ host: textField }),
});

/**
 * The webhook of Azure Container Registry. Its secret is a custom header `Authorization`; a push by
 * digest has no tag.
 */
export const azureWebhook: WebhookParser = {
  secretIn: ["authorization"],
  contentType: "json",
  parse(payload) {
    const envelope = decodePayload(envelopeSchema, payload);
    if (envelope.kind === "refused") return envelope;
    const { action } = envelope.value;
    if (action !== "push") {
      return refuse("unsupported-event", `the action ${quote(action)} is no push of an image`);
    }
    const decoded = decodePayload(pushSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { target, request } = decoded.value;
    return acceptPush(
      "acr",
      { ...target, registry: registryHost(request.host) },
      { registry: "request.host", repository: "target.repository" },
    );
  },
};
