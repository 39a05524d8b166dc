import { z } from "zod";
import { isDigest } from "../../image/reference-grammar.js";
import { decodePayload, registryHost, textField, type WebhookParser } from "../webhook-parser.js";
import { readHeader, type WebhookRequest } from "../webhook-request.js";
import { acceptPush, quote, refuse, withDelivery, type WebhookRefusal } from "../webhook-result.js";

const GHCR = "ghcr.io";
const ENTERPRISE_HEADER = "X-GitHub-Enterprise-Host";
const EVENT_HEADER = "X-GitHub-Event";

/** A repository's hook sends the first, the hook of a GitHub App the second. */
const EVENTS: readonly string[] = ["package", "registry_package"];
const CONTAINER_TYPES: readonly string[] = ["container", "docker"];

const versionSchema = z.object({
  name: textField,
  version: textField,
  package_url: textField,
  container_metadata: z
    .object({
      tag: z.object({ name: textField, digest: textField }).optional().catch(undefined),
      manifest: z.object({ digest: textField }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const packageSchema = z.object({
  name: textField,
  package_type: textField,
  owner: z.object({ login: textField }),
  package_version: versionSchema.optional().catch(undefined),
});

const envelopeSchema = z.object({
  action: textField,
  package: z.unknown().optional(),
  registry_package: z.unknown().optional(),
});

type Version = z.infer<typeof versionSchema>;

/**
 * GitHub's webhook for a published container package, signed with HMAC-SHA256 over the body. A push of
 * an image for several platforms sends several; those of a single platform have a digest and no tag.
 */
export const ghcrWebhook: WebhookParser = {
  secretIn: ["signature"],
  contentType: "any",
  parse(payload, request) {
    const event = readHeader(request, EVENT_HEADER);
    if (!EVENTS.includes(event)) return unsupported(`the ${EVENT_HEADER} ${quote(event)}`);
    const envelope = decodePayload(envelopeSchema, payload);
    if (envelope.kind === "refused") return envelope;
    const { action, package: own, registry_package: ofApp } = envelope.value;
    if (action !== "published") return unsupported(`the action ${quote(action)}`);
    const decoded = decodePayload(z.object({ package: packageSchema }), { package: own ?? ofApp });
    if (decoded.kind === "refused") return decoded;
    const { name, owner, package_type: type, package_version: version } = decoded.value.package;
    if (!CONTAINER_TYPES.includes(type.toLowerCase())) {
      return unsupported(`the package type ${quote(type)}`);
    }
    const repository = owner.login === "" ? "" : repositoryOf(owner.login, name);
    const { tag, digest } = readVersion(version);
    const push = acceptPush(
      "ghcr.io",
      { registry: registryOf(version, request), repository, tag, digest },
      {
        repository: "package.owner.login and package.name",
        ...(digest === "" ? { tag: "package.package_version.container_metadata.tag.name" } : {}),
      },
    );
    return withDelivery(push, readHeader(request, "X-GitHub-Delivery"));
  },
};

/**
 * `ghcr.io`, or `containers.<host>` of a GitHub Enterprise Server, which names itself in a header, and of
 * a GHE.com, whose packages have its host in their address.
 */
function registryOf(version: Version | undefined, request: WebhookRequest): string {
  const host = registryHost(version?.package_url ?? "");
  if (host.startsWith("containers.")) return host;
  const server = registryHost(readHeader(request, ENTERPRISE_HEADER));
  return server === "" || server === "github.com" ? GHCR : `containers.${server}`;
}

/** GitHub keeps the case in which an owner is written; names of images are lower case. */
function repositoryOf(owner: string, name: string): string {
  return name === "" ? "" : `${owner}/${name}`.toLowerCase();
}

/** The version of a push without tag is named by its digest. */
function readVersion(version: Version | undefined): {
  readonly tag: string;
  readonly digest: string;
} {
  const metadata = version?.container_metadata;
  const names = [metadata?.tag?.name, version?.name, version?.version].map((name) => name ?? "");
  const digests = [metadata?.manifest?.digest, metadata?.tag?.digest, ...names.filter(isDigest)];
  return {
    tag: names.find((name) => name !== "" && !isDigest(name)) ?? "",
    digest: digests.find((digest) => digest !== undefined && digest !== "") ?? "",
  };
}

function unsupported(what: string): WebhookRefusal {
  return refuse("unsupported-event", `${what} is not read; only a published container package is`);
}
