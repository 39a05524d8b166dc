import { base64 } from "@scure/base";
import { z } from "zod";
import { decodeText } from "../../templates/utf8-text.js";
import { decodePayload, textField, type WebhookParser } from "../webhook-parser.js";
import { acceptPush, ignore, refuse, withDelivery, type WebhookResult } from "../webhook-result.js";

const envelopeSchema = z.object({
  message: z.object({ data: z.string(), messageId: textField }),
});

const noticeSchema = z.object({ action: textField, digest: textField, tag: textField });

/**
 * Google's registries (Artifact Registry, `gcr.io`), by a Pub/Sub push subscription to the topic `gcr`.
 * The secret stands in the query of the push endpoint.
 *
 * @see https://cloud.google.com/artifact-registry/docs/configure-notifications
 */
export const googleWebhook: WebhookParser = {
  secretIn: ["query"],
  contentType: "any",
  parse(payload) {
    const decoded = decodePayload(envelopeSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { data, messageId } = decoded.value.message;
    return withDelivery(readNotice(data), messageId);
  },
};

function readNotice(data: string): WebhookResult {
  const notice = parseData(data);
  const decoded = decodePayload(noticeSchema, notice);
  if (notice === undefined || decoded.kind === "refused") {
    return refuse("missing-field", "message.data is not JSON in base64");
  }
  const { action, tag, digest } = decoded.value;
  // Pub/Sub repeats what is refused.
  if (action !== "INSERT") return ignore("nothing was pushed");
  const image = tag === "" ? digest : tag;
  const slash = image.indexOf("/");
  const path = image.slice(slash + 1);
  const [repository = ""] = path.split(/[@:]/u);
  return acceptPush(
    "gar",
    {
      registry: slash === -1 ? "" : image.slice(0, slash),
      repository: slash === -1 ? "" : repository,
      tag: tag === "" ? "" : path.slice(repository.length + 1),
      digest: digest.slice(digest.indexOf("@") + 1),
    },
    { registry: "message.data.digest", repository: "message.data.digest" },
  );
}

function parseData(data: string): unknown {
  try {
    return JSON.parse(decodeText(base64.decode(data)) ?? "");
  } catch {
    return undefined;
  }
}
