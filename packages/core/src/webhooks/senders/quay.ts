import { z } from "zod";
import {
  decodePayload,
  registryHost,
  repositoryName,
  textField,
  type WebhookParser,
} from "../webhook-parser.js";
import { acceptPush } from "../webhook-result.js";

const QUAY = "quay.io";

const payloadSchema = z.object({
  repository: textField,
  namespace: textField,
  name: textField,
  docker_url: textField,
  updated_tags: z.tuple([textField]).rest(z.unknown()),
});

/**
 * Quay's notification of a push, of quay.io or of a Quay of one's own. It is not signed and gives no
 * digest; of several tags the first is named.
 */
export const quayWebhook: WebhookParser = {
  secretIn: ["query"],
  contentType: "any",
  parse(payload) {
    const decoded = decodePayload(payloadSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { repository, namespace, name, docker_url: url, updated_tags: tags } = decoded.value;
    const host = registryHost(url);
    return acceptPush(
      "quay.io",
      {
        registry: host === "" ? QUAY : host,
        repository: repositoryName(repository, namespace, name),
        tag: tags[0],
        digest: "",
      },
      { repository: "repository", tag: "updated_tags" },
    );
  },
};
