import { z } from "zod";
import {
  configuredHost,
  decodePayload,
  REGISTRY_PARAMETER,
  registryHost,
  textField,
  type WebhookParser,
} from "../webhook-parser.js";
import { readHeader } from "../webhook-request.js";
import { acceptPush, quote, refuse, withDelivery } from "../webhook-result.js";

const payloadSchema = z.object({
  action: textField,
  package: z.object({
    owner: z.object({ login: textField, username: textField }),
    type: textField,
    name: textField,
    version: textField,
    html_url: textField,
  }),
});

/**
 * The package event of Gitea and Forgejo, signed with HMAC-SHA256 over the body. The registry is the
 * host of the package's page unless the webhook's URL has a `registry_url`.
 */
export const giteaWebhook: WebhookParser = {
  secretIn: ["gitea-signature", "signature"],
  contentType: "json",
  parse(payload, request) {
    const event = readHeader(request, "X-Gitea-Event");
    if (event !== "package") {
      const problem = `the X-Gitea-Event ${quote(event)} is not read; only package is`;
      return refuse("unsupported-event", problem);
    }
    const decoded = decodePayload(payloadSchema, payload);
    if (decoded.kind === "refused") return decoded;
    const { action, package: pushed } = decoded.value;
    if (action !== "created" || pushed.type !== "container") {
      const what = `${quote(action)} of a package of type ${quote(pushed.type)}`;
      return refuse("unsupported-event", `${what} is not read; only a created container is`);
    }
    const { owner, name, version, html_url: page } = pushed;
    const login = owner.login === "" ? owner.username : owner.login;
    const isDigest = version.startsWith("sha256:");
    const configured = configuredHost(request);
    const push = acceptPush(
      "gitea",
      {
        registry: configured === "" ? registryHost(page) : configured,
        // Names of images are lower case, those of owners need not be.
        repository: login === "" || name === "" ? "" : `${login}/${name}`.toLowerCase(),
        tag: isDigest ? "" : version,
        digest: isDigest ? version : "",
      },
      {
        registry: `package.html_url, or the query parameter "${REGISTRY_PARAMETER}"`,
        repository: "package.owner.login and package.name",
      },
    );
    return withDelivery(push, readHeader(request, "X-Gitea-Delivery"));
  },
};
