import { z } from "zod";
import {
  configuredHost,
  decodePayload,
  REGISTRY_PARAMETER,
  textField,
  type WebhookParser,
} from "../webhook-parser.js";
import { readHeader } from "../webhook-request.js";
import { acceptPush, ignore, quote, refuse, withDelivery } from "../webhook-result.js";

const payloadSchema = z.object({
  repositoryName: textField,
  action: textField,
  component: z.object({ format: textField, name: textField, version: textField }),
});

/**
 * The `rm:repository:component` webhook of Sonatype Nexus Repository, signed with HMAC-SHA1 over the
 * body. It names no host: the webhook's URL must have a `registry_url`.
 *
 * An image goes by its name at a connector's port and below its repository's name elsewhere: both are
 * told.
 *
 * @see https://help.sonatype.com/en/example-headers-and-payloads.html
 */
export const nexusWebhook: WebhookParser = {
  secretIn: ["nexus-signature"],
  contentType: "any",
  parse(payload, request) {
    const decoded = decodePayload(payloadSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { action, component, repositoryName } = decoded.value;
    if (component.format !== "docker") {
      const problem = `a component of the format ${quote(component.format)} is not an image`;
      return refuse("unsupported-event", problem);
    }
    if (action !== "CREATED" && action !== "UPDATED") return ignore("nothing was pushed");
    const push = acceptPush(
      "nexus",
      {
        registry: configuredHost(request),
        repository: component.name,
        tag: component.version,
        digest: "",
      },
      {
        registry: `the query parameter "${REGISTRY_PARAMETER}"`,
        repository: "component.name",
        tag: "component.version",
      },
    );
    if (push.kind === "refused") return push;
    const below = { ...push.event, repository: `${repositoryName}/${component.name}` };
    const others = repositoryName === "" ? {} : { others: [below] };
    return withDelivery({ ...push, ...others }, readHeader(request, "X-Nexus-Webhook-Delivery"));
  },
};
