import { REGISTRY_PARAMETER } from "./alibaba.js";
import { dataText, type CloudEvent } from "./cloud-event.js";
import { registryHost } from "./payload-fields.js";
import { readQuery, type WebhookRequest } from "./webhook-request.js";
import type { PushFields } from "./webhook-result.js";

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
  const configured = registryHost(readQuery(request, REGISTRY_PARAMETER));
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
