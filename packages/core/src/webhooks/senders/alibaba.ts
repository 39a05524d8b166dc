import { z } from "zod";
import {
  configuredHost,
  decodePayload,
  REGISTRY_PARAMETER,
  repositoryName,
  textField,
  type WebhookParser,
} from "../webhook-parser.js";
import type { WebhookRequest } from "../webhook-request.js";
import { acceptPush, type PushFields } from "../webhook-result.js";
import { dataText, type CloudEvent } from "./cloud-event.js";

const payloadSchema = z.object({
  push_data: z.object({ tag: textField, digest: textField }),
  repository: z.object({
    repo_full_name: textField,
    namespace: textField,
    name: textField,
    region: textField,
  }),
});

/**
 * The webhook of Alibaba Cloud Container Registry. It is not signed and names neither host nor
 * instance: any other registry than `registry.<region>.aliyuncs.com` must be in the URL, as
 * `registry_url`.
 */
export const alibabaWebhook: WebhookParser = {
  secretIn: ["query"],
  contentType: "any",
  parse(payload, request) {
    const decoded = decodePayload(payloadSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { push_data: push, repository } = decoded.value;
    const { repo_full_name: full, namespace, name, region } = repository;
    const configured = configuredHost(request);
    const classic = region === "" ? "" : `registry.${region}.aliyuncs.com`;
    return acceptPush(
      "aliyun-acr",
      {
        ...push,
        registry: configured === "" ? classic : configured,
        repository: repositoryName(full, namespace, name),
      },
      {
        registry: `the query parameter "${REGISTRY_PARAMETER}"`,
        repository: "repository.repo_full_name",
        tag: "push_data.tag",
      },
    );
  },
};

const PUSHED = "cr:Artifact:PushCompleted";
const BUILT = "cr:Artifact:BuildCompleted";

/** Whether an event of Alibaba Cloud's EventBridge says that an image was pushed, or built with success. */
export function isAlibabaPush(event: CloudEvent): boolean {
  if (event.source !== "acs.cr") return false;
  if (event.type === BUILT) return dataText(event, "BuildStatus") === "SUCCESS";
  return event.type === PUSHED;
}

/**
 * What an event of an Enterprise Edition instance says: the registry is the instance's public host
 * unless the webhook's URL has a `registry_url`.
 */
export function readAlibabaEvent(event: CloudEvent, request: WebhookRequest): PushFields {
  const configured = configuredHost(request);
  const namespace = dataText(event, "RepoNamespaceName");
  const name = dataText(event, "RepoName");
  return {
    registry: configured === "" ? instanceHost(event) : configured,
    repository: namespace === "" || name === "" ? "" : `${namespace}/${name}`,
    tag: dataText(event, "Tag"),
    digest: dataText(event, "Digest"),
  };
}

function instanceHost(event: CloudEvent): string {
  const instance = dataText(event, "InstanceName");
  const region = dataText(event, "RegionId");
  return instance === "" || region === "" ? "" : `${instance}-registry.${region}.cr.aliyuncs.com`;
}
