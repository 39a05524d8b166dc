import { z } from "zod";
import { decodePayload, registryHost, repositoryName, textField } from "./payload-fields.js";
import type { WebhookParser } from "./webhook-parser.js";
import { acceptPush, quote, refuse } from "./webhook-result.js";

/** The registry of a push that names no address; as Argo CD Image Updater. */
const UNKNOWN_HOST = "harbor";

const envelopeSchema = z.object({ type: textField });

const pushSchema = z.object({
  event_data: z.object({
    resources: z
      .tuple([z.object({ tag: textField, digest: textField, resource_url: textField })])
      .rest(z.unknown()),
    repository: z.object({ repo_full_name: textField, namespace: textField, name: textField }),
  }),
});

/** Harbor's webhook in its default format. Of several resources the first is named. */
export const harborWebhook: WebhookParser = {
  secretIn: ["authorization"],
  contentType: "json",
  parse(payload) {
    const envelope = decodePayload(envelopeSchema, payload);
    if (envelope.kind === "refused") return envelope;
    const { type } = envelope.value;
    if (type !== "PUSH_ARTIFACT") {
      return refuse("unsupported-event", `${quote(type)} is no push; only PUSH_ARTIFACT is read`);
    }
    const decoded = decodePayload(pushSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { resources, repository } = decoded.value.event_data;
    const { tag, digest, resource_url: url } = resources[0];
    const { repo_full_name: full, namespace, name } = repository;
    const host = registryHost(url);
    return acceptPush(
      "harbor",
      {
        registry: host === "" ? UNKNOWN_HOST : host,
        repository: repositoryName(full, namespace, name),
        tag,
        digest,
      },
      {
        repository: "event_data.repository.repo_full_name",
        tag: "event_data.resources.0.tag",
      },
    );
  },
};
