import { z } from "zod";
import {
  configuredHost,
  decodePayload,
  REGISTRY_PARAMETER,
  registryHost,
  textField,
  type WebhookParser,
} from "../webhook-parser.js";
import type { WebhookRequest } from "../webhook-request.js";
import {
  acceptPush,
  acceptPushes,
  withDelivery,
  type WebhookPush,
  type WebhookRefusal,
} from "../webhook-result.js";

const eventSchema = z.object({
  id: textField,
  action: textField,
  target: z
    .object({
      mediaType: textField,
      repository: textField,
      tag: textField,
      digest: textField,
      url: textField,
    })
    .optional(),
  request: z.object({ host: textField }).optional().catch(undefined),
});

const envelopeSchema = z.object({ events: z.array(eventSchema).min(1) });

type Event = z.infer<typeof eventSchema>;

/**
 * Notifications of a Distribution registry (Docker's `registry`), which are GitLab's too. The endpoint's
 * `headers` give it the secret: `Authorization`, also as a token, or `X-Webhook-Secret`.
 *
 * Blobs, pulls and deletions are answered with success, since the registry repeats what is refused and
 * holds back all that came later.
 *
 * @see https://distribution.github.io/distribution/about/notifications/
 */
export function distributionWebhook(kind: "distribution" | "gitlab"): WebhookParser {
  return {
    secretIn: ["credentials", "webhook-secret", "gitlab-token", "query"],
    contentType: "json-if-given",
    parse(payload, request) {
      const decoded = decodePayload(envelopeSchema, payload);
      if (decoded.kind === "refused") return decoded;
      const { events } = decoded.value;
      const result = acceptPushes(events, (event) => readEvent(kind, event, request));
      return withDelivery(result, events.map(({ id }) => id).join(" "));
    },
  };
}

function readEvent(
  kind: string,
  { action, target, request: sent }: Event,
  request: WebhookRequest,
): WebhookPush | WebhookRefusal | undefined {
  const isImage = target?.tag !== "" || /manifest|index/.test(target.mediaType);
  if (action !== "push" || target === undefined || !isImage) return undefined;
  const { repository, tag, digest, url } = target;
  const hosts = [configuredHost(request), registryHost(url), registryHost(sent?.host ?? "")];
  return acceptPush(
    kind,
    { registry: hosts.find((host) => host !== "") ?? "", repository, tag, digest },
    {
      registry: `events.0.target.url, or the query parameter "${REGISTRY_PARAMETER}"`,
      repository: "events.0.target.repository",
    },
  );
}
