import { z } from "zod";
import { decodePayload, registryHost, textField, type WebhookParser } from "../webhook-parser.js";
import {
  acceptPush,
  acceptPushes,
  ignore,
  quote,
  refuse,
  withDelivery,
  type WebhookAnswer,
  type WebhookPush,
  type WebhookRefusal,
  type WebhookResult,
} from "../webhook-result.js";

const IMAGE_PUSHED = "Microsoft.ContainerRegistry.ImagePushed";
const VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent";

const envelopeSchema = z.object({ action: textField });

const pushSchema = z.object({
  target: z.object({ repository: textField, tag: textField, digest: textField }),
  request: z.object({ host: textField }),
});

const gridEventSchema = z.object({ id: textField, eventType: z.string(), data: z.unknown() });
const cloudEventSchema = z.object({
  specversion: z.string(),
  id: textField,
  type: z.string(),
  data: z.unknown(),
});
const validationSchema = z.object({ validationCode: z.string().min(1) });

/**
 * Azure's registry: its own webhook, and its events by Event Grid in either schema, with the handshakes
 * by which Event Grid asks whether they are wanted. The secret is a custom header `Authorization`, or
 * stands in the query, where Event Grid can send no header. A push by digest has no tag.
 *
 * @see https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
export const azureWebhook: WebhookParser = {
  secretIn: ["authorization", "query"],
  contentType: "json",
  answersOptions: true,
  parse(payload) {
    if (Array.isArray(payload)) return readGridEvents(payload);
    const event = cloudEventSchema.safeParse(payload);
    if (event.success) {
      const { id, type, data } = event.data;
      if (!isAzurePush(type)) return ignore("nothing was pushed");
      return withDelivery(readAzureEvent("acr", data), id);
    }
    const envelope = decodePayload(envelopeSchema, payload);
    if (envelope.kind === "refused") return envelope;
    const { action } = envelope.value;
    if (action !== "push") {
      return refuse("unsupported-event", `the action ${quote(action)} is not a push of an image`);
    }
    return readAzureEvent("acr", payload);
  },
};

/** Whether an event of Event Grid is a push to a registry. */
export function isAzurePush(type: string): boolean {
  return type === IMAGE_PUSHED;
}

/** What the data of an event say, which are those of the webhook. */
export function readAzureEvent(kind: string, data: unknown): WebhookPush | WebhookRefusal {
  const decoded = decodePayload(pushSchema, data);
  if (decoded.kind === "refused") return decoded;
  const { target, request } = decoded.value;
  return acceptPush(
    kind,
    { ...target, registry: registryHost(request.host) },
    { registry: "request.host", repository: "target.repository" },
  );
}

function readGridEvents(payload: readonly unknown[]): WebhookResult {
  const decoded = decodePayload(z.array(gridEventSchema).min(1), payload);
  if (decoded.kind === "refused") return decoded;
  const events = decoded.value;
  const validation = events.find(({ eventType }) => eventType === VALIDATION);
  if (validation !== undefined) return answerValidation(validation.data);
  const result = acceptPushes(events, ({ eventType, data }) =>
    isAzurePush(eventType) ? readAzureEvent("acr", data) : undefined,
  );
  return withDelivery(result, events.map(({ id }) => id).join(" "));
}

function answerValidation(data: unknown): WebhookAnswer | WebhookRefusal {
  const decoded = decodePayload(validationSchema, data);
  if (decoded.kind === "refused") return decoded;
  return {
    kind: "answer",
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ validationResponse: decoded.value.validationCode }),
  };
}
