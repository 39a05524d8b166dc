import { z } from "zod";
import {
  configuredHost,
  decodePayload,
  REGISTRY_PARAMETER,
  registryHost,
  textField,
  type WebhookParser,
} from "../webhook-parser.js";
import { acceptPush, quote, refuse } from "../webhook-result.js";

const payloadSchema = z.object({
  domain: textField,
  event_type: textField,
  jpd_origin: textField,
  data: z.object({
    repo_key: textField,
    image_name: textField,
    tag: textField,
    sha256: textField,
  }),
});

/**
 * Artifactory's webhook for Docker images, with the secret in `X-JFrog-Event-Auth` or signed with it. The
 * registry is the platform's own host unless the webhook's URL has a `registry_url`.
 *
 * An image goes below its repository's key (repository path method), or by its name alone at a host of
 * its own (subdomain and port method): both are told.
 *
 * @see https://jfrog.com/help/r/jfrog-platform-administration-documentation/docker-webhook-events
 */
export const artifactoryWebhook: WebhookParser = {
  secretIn: ["jfrog-auth"],
  contentType: "any",
  parse(payload, request) {
    const decoded = decodePayload(payloadSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { domain, event_type: type, jpd_origin: origin, data } = decoded.value;
    if (domain !== "docker" || (type !== "pushed" && type !== "promoted")) {
      const event = quote(`${domain} ${type}`);
      return refuse("unsupported-event", `the event ${event} is not read; only docker pushed is`);
    }
    const configured = configuredHost(request);
    const push = acceptPush(
      "artifactory",
      {
        registry: configured === "" ? registryHost(origin) : configured,
        repository: data.image_name,
        tag: data.tag,
        digest: data.sha256 === "" ? "" : `sha256:${data.sha256}`,
      },
      {
        registry: `jpd_origin, or the query parameter "${REGISTRY_PARAMETER}"`,
        repository: "data.image_name",
        tag: "data.tag",
      },
    );
    if (push.kind === "refused" || data.repo_key === "") return push;
    const below = { ...push.event, repository: `${data.repo_key}/${data.image_name}` };
    return { ...push, others: [below] };
  },
};
