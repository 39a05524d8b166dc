import { z } from "zod";
import { decodePayload, registryHost, textField, type WebhookParser } from "../webhook-parser.js";
import type { WebhookRequest } from "../webhook-request.js";
import {
  acceptPush,
  quote,
  refuse,
  withDelivery,
  type PushFields,
  type WebhookResult,
} from "../webhook-result.js";
import { isAlibabaPush, readAlibabaEvent } from "./alibaba.js";
import { isEcrEvent, readEcrEvent } from "./amazon.js";
import { isAzurePush, readAzureEvent } from "./azure.js";
import { dataText, splitSubject, type CloudEvent } from "./cloud-event.js";
import { isHarborEvent, readHarborEvent } from "./harbor.js";

const eventSchema = z.object({
  specversion: z.string().min(1),
  id: textField,
  type: z.string().min(1),
  source: textField,
  subject: textField,
  data: z.record(z.string(), z.unknown()).catch({}),
});

/**
 * A CloudEvent in structured mode: Amazon's registry through an EventBridge input transformer, Alibaba
 * Cloud's through its EventBridge, Azure's Event Grid, Harbor, or any sender that uses the words of
 * Argo CD Image Updater.
 */
export const cloudEventsWebhook: WebhookParser = {
  secretIn: ["query", "webhook-secret"],
  contentType: "json-if-given",
  parse(payload, request) {
    const decoded = decodePayload(eventSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { id, source } = decoded.value;
    // The specification makes source and id together unique.
    return withDelivery(readEvent(decoded.value, request), id === "" ? "" : `${source} ${id}`);
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
  if (isHarborEvent(event.type)) return readHarborEvent("cloudevents", event.type, event.data);
  if (isAzurePush(event.type)) return readAzureEvent("cloudevents", event.data);
  if (isImageEvent(event)) {
    return acceptPush("cloudevents", readImageEvent(event), {
      registry: "data.registryUrl",
      repository: "data.repositoryName",
      tag: "data.imageTag",
    });
  }
  return refuse("unsupported-event", `the event ${quote(event.type)} is not a push of an image`);
}

/** Whether an event is about images by its type, as Argo CD Image Updater tells. */
function isImageEvent({ type }: CloudEvent): boolean {
  return type.includes("container") || type.includes("image");
}

/** An event in the words of Argo CD Image Updater; the subject fills what its data leave out. */
function readImageEvent(event: CloudEvent): PushFields {
  const subject = splitSubject(event);
  const repository = dataText(event, "repositoryName", "repository");
  const tag = dataText(event, "imageTag", "tag");
  const registry = registryHost(dataText(event, "registryUrl", "registry"));
  return {
    registry: registry === "" ? sourceHost(event) : registry,
    repository: repository === "" ? subject.repository : repository,
    tag: tag === "" ? subject.tag : tag,
    digest: dataText(event, "imageDigest", "digest"),
  };
}

/** The host of a source that is an address: `https://localhost:5000/app`, `ghcr.io/owner/app`. */
function sourceHost({ source }: CloudEvent): string {
  const host = registryHost(source);
  return /^https?:\/\//.test(source) || host.includes(".") ? host : "";
}
