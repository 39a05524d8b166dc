import { parseImageReference } from "@image-updater/core";
import {
  isWebhookKind,
  matchesEvent,
  parseWebhook,
  type WebhookResult,
} from "@image-updater/core/webhooks";
import { record, text } from "../fields.js";
import type { RunCase } from "./area.js";

/** Pushes that registries tell of, and the images they concern. */
export const webhookAreas: Readonly<Record<string, RunCase>> = {
  "webhook-parse": (input, expected) => {
    const { type, headers, query, body, secret } = record(input);
    const kind = text(type);
    if (!isWebhookKind(kind)) return { error: `unknown kind ${kind}` };
    const result = parseWebhook(kind, {
      headers: textFields(headers),
      query: textFields(query),
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...(secret === undefined ? {} : { secret: text(secret) }),
    });
    return pushOf(result, Object.keys(record(expected)));
  },
  "webhook-match": (input) => {
    const { imageName, event } = record(input);
    const image = parseImageReference(text(imageName)).value;
    if (image === undefined) throw new Error(`not a reference: ${text(imageName)}`);
    const { registry, repository } = record(event);
    return matchesEvent({ registry: text(registry), repository: text(repository) }, image);
  },
};

/** A push in the names that a case expects; upstream's events have an empty text for what is absent. */
function pushOf(result: WebhookResult, names: readonly string[]): unknown {
  if (result.kind !== "push")
    return { error: result.kind === "refused" ? result.code : result.kind };
  const { registry, repository, tag = "", digest = "" } = result.event;
  const fields = Object.entries({ registry, repository, tag, digest });
  return Object.fromEntries(fields.filter(([name]) => names.includes(name)));
}

function textFields(value: unknown): Readonly<Record<string, string>> {
  const fields = Object.entries(record(value ?? {}));
  return Object.fromEntries(fields.map(([name, field]) => [name, text(field)]));
}
