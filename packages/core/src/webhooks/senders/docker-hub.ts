import { z } from "zod";
import { DOCKER_HUB } from "../../image/reference-grammar.js";
import { decodePayload, repositoryName, textField, type WebhookParser } from "../webhook-parser.js";
import { acceptPush } from "../webhook-result.js";

const payloadSchema = z.object({
  push_data: z.object({ tag: textField }),
  repository: z.object({ repo_name: textField, namespace: textField, name: textField }),
});

/** Docker Hub's webhook. It is not signed and gives no digest; its `callback_url` is never called. */
export const dockerHubWebhook: WebhookParser = {
  secretIn: ["query"],
  contentType: "any",
  parse(payload) {
    const decoded = decodePayload(payloadSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { push_data: push, repository } = decoded.value;
    return acceptPush(
      "docker.io",
      {
        registry: DOCKER_HUB,
        repository: repositoryName(repository.repo_name, repository.namespace, repository.name),
        tag: push.tag,
        digest: "",
      },
      { repository: "repository.repo_name", tag: "push_data.tag" },
    );
  },
};
