import { z } from "zod";
import {
  decodePayload,
  registryHost,
  repositoryName,
  textField,
  type WebhookParser,
} from "../webhook-parser.js";
import {
  acceptPush,
  acceptPushes,
  quote,
  refuse,
  withDelivery,
  type WebhookPush,
  type WebhookRefusal,
  type WebhookResult,
} from "../webhook-result.js";

/** The registry of a push that names no address; as Argo CD Image Updater. */
const UNKNOWN_HOST = "harbor";

/** The events that bring images, in the default format and as CloudEvents. */
const PUSHED: readonly string[] = ["PUSH_ARTIFACT", "harbor.artifact.pushed"];
const REPLICATED: readonly string[] = ["REPLICATION", "harbor.replication.status.changed"];

const envelopeSchema = z.object({
  specversion: textField,
  id: textField,
  type: textField,
  data: z.unknown().optional(),
  event_data: z.unknown().optional(),
});

const pushSchema = z.object({
  resources: z
    .tuple([z.object({ tag: textField, digest: textField, resource_url: textField })])
    .rest(z.unknown()),
  repository: z.object({ repo_full_name: textField, namespace: textField, name: textField }),
});

const replicationSchema = z.object({
  replication: z.object({
    harbor_hostname: textField,
    dest_resource: z.object({ endpoint: textField, namespace: textField }),
    successful_artifact: z.array(z.object({ name_tag: textField })).catch([]),
  }),
});

/**
 * Harbor's webhook in its default format and as CloudEvents: pushes, and images that a replication
 * brought. Of several resources of a push the first is named.
 */
export const harborWebhook: WebhookParser = {
  secretIn: ["authorization"],
  contentType: "json",
  parse(payload) {
    const envelope = decodePayload(envelopeSchema, payload);
    if (envelope.kind === "refused") return envelope;
    const { specversion, id, type, data, event_data: ownData } = envelope.value;
    if (!isHarborEvent(type)) {
      const known = [...PUSHED, ...REPLICATED].join(", ");
      return refuse("unsupported-event", `${quote(type)} is not a push; send one of ${known}`);
    }
    if (specversion !== "") return withDelivery(readHarborEvent("harbor", type, data), id);
    // The field is named where it is missed.
    return REPLICATED.includes(type)
      ? readHarborEvent("harbor", type, ownData)
      : readPush("harbor", z.object({ event_data: pushSchema }), payload, "event_data.");
  },
};

/** Whether a type is one of Harbor's that bring images. */
export function isHarborEvent(type: string): boolean {
  return PUSHED.includes(type) || REPLICATED.includes(type);
}

/** What the data of an event say. */
export function readHarborEvent(kind: string, type: string, data: unknown): WebhookResult {
  if (REPLICATED.includes(type)) return readReplication(kind, data);
  return readPush(kind, z.object({ event_data: pushSchema }), { event_data: data }, "data.");
}

function readPush(
  kind: string,
  schema: z.ZodType<{ event_data: z.infer<typeof pushSchema> }>,
  payload: unknown,
  place: string,
): WebhookPush | WebhookRefusal {
  const decoded = decodePayload(schema, payload);
  if (decoded.kind === "refused") return decoded;
  const { resources, repository } = decoded.value.event_data;
  const { tag, digest, resource_url: url } = resources[0];
  const { repo_full_name: full, namespace, name } = repository;
  const host = registryHost(url);
  return acceptPush(
    kind,
    {
      registry: host === "" ? UNKNOWN_HOST : host,
      repository: repositoryName(full, namespace, name),
      tag,
      digest,
    },
    { repository: `${place}repository.repo_full_name`, tag: `${place}resources.0.tag` },
  );
}

/** The images that a replication brought are at its destination, which may be this Harbor or another. */
function readReplication(kind: string, data: unknown): WebhookResult {
  const decoded = decodePayload(replicationSchema, data);
  if (decoded.kind === "refused") return decoded;
  const { replication } = decoded.value;
  const { dest_resource: destination, harbor_hostname: own } = replication;
  const host = registryHost(destination.endpoint === "" ? own : destination.endpoint);
  return acceptPushes(replication.successful_artifact, ({ name_tag: text }) => {
    const { name, tag } = splitArtifact(text);
    const repository = repositoryName("", destination.namespace, name);
    return acceptPush(
      kind,
      { registry: host === "" ? UNKNOWN_HOST : host, repository, tag, digest: "" },
      { repository: "event_data.replication.successful_artifact" },
    );
  });
}

/** `alpine:3.19`, or `alpine [1 item(s) in total]` where Harbor only counts. */
function splitArtifact(text: string): { readonly name: string; readonly tag: string } {
  const [plain = ""] = text.split(" [");
  const colon = plain.lastIndexOf(":");
  return colon === -1
    ? { name: plain, tag: "" }
    : { name: plain.slice(0, colon), tag: plain.slice(colon + 1) };
}
