import { z } from "zod";
import { isAlibabaPush, readAlibabaEvent } from "./alibaba-event.js";
import type { CloudEvent } from "./cloud-event.js";
import { isEcrEvent, readEcrEvent } from "./ecr-event.js";
import { isImageEvent, readImageEvent } from "./generic-event.js";
import { decodePayload, textField } from "./payload-fields.js";
import type { WebhookParser } from "./webhook-parser.js";
import type { WebhookRequest } from "./webhook-request.js";
import { acceptPush, quote, refuse, type WebhookResult } from "./webhook-result.js";

const eventSchema = z.object({
  specversion: z.string().min(1),
  type: z.string().min(1),
  source: textField,
  subject: textField,
  data: z.record(z.string(), z.unknown()).catch({}),
});

/**
 * A CloudEvent in structured mode: Amazon's registry through an EventBridge input transformer, Alibaba
 * Cloud's through its EventBridge, or any sender that uses the words of Argo CD Image Updater.
 */
export const cloudEventsWebhook: WebhookParser = {
  secretIn: ["query", "webhook-secret"],
  contentType: "json-if-given",
  parse(payload, request) {
    const decoded = decodePayload(eventSchema, payload);
    return decoded.kind === "refused" ? decoded : readEvent(decoded.value, request);
  },
};

function readEvent(event: CloudEvent, request: WebhookRequest): WebhookResult {
  if (isAlibabaPush(event)) {
    return acceptPush("cloudevents", readAlibabaEvent(event, request), {
      registry: 'the query parameter "registry_url"',
      repository: "data.RepoNamespaceName and data.RepoName",
    });
  }
  if (isEcrEvent(event)) {
    return acceptPush("cloudevents", readEcrEvent(event), {
      registry: "the source, as urn:aws:ecr:<region>:<account>:repository/<name>",
      repository: "data.repositoryName",
      tag: "data.imageTag",
    });
  }
  if (isImageEvent(event)) {
    return acceptPush("cloudevents", readImageEvent(event), {
      registry: "data.registryUrl",
      repository: "data.repositoryName",
      tag: "data.imageTag",
    });
  }
  return refuse("unsupported-event", `the event ${quote(event.type)} is no push of an image`);
}
