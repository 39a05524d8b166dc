import { z } from "zod";
import { decodePayload, registryHost, repositoryName, textField } from "./payload-fields.js";
import type { WebhookParser } from "./webhook-parser.js";
import { readQuery } from "./webhook-request.js";
import { acceptPush } from "./webhook-result.js";

/** Where the webhook's URL says which registry it is of. */
export const REGISTRY_PARAMETER = "registry_url";

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
    const configured = registryHost(readQuery(request, REGISTRY_PARAMETER));
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
