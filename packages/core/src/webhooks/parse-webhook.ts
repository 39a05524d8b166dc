import { decodeText, encodeText } from "../templates/utf8-text.js";
import { checkSecret } from "./check-secret.js";
import { alibabaWebhook } from "./senders/alibaba.js";
import { amazonWebhook } from "./senders/amazon.js";
import { artifactoryWebhook } from "./senders/artifactory.js";
import { azureWebhook } from "./senders/azure.js";
import { cloudEventsWebhook } from "./senders/cloud-events.js";
import { distributionWebhook } from "./senders/distribution.js";
import { dockerHubWebhook } from "./senders/docker-hub.js";
import { ghcrWebhook } from "./senders/ghcr.js";
import { giteaWebhook } from "./senders/gitea.js";
import { googleWebhook } from "./senders/google.js";
import { harborWebhook } from "./senders/harbor.js";
import { nexusWebhook } from "./senders/nexus.js";
import { quayWebhook } from "./senders/quay.js";
import { isWebhookKind, webhookKinds, type WebhookKind } from "./webhook-kind.js";
import type { WebhookParser } from "./webhook-parser.js";
import { readHeader, type WebhookRequest } from "./webhook-request.js";
import { quote, refuse, type WebhookRefusal, type WebhookResult } from "./webhook-result.js";

const MAXIMUM_BYTES = 1024 * 1024;
const JSON_TYPE = /^application\/(?:[a-z0-9.-]+\+)?json\s*(?:;|$)/i;

const PARSERS: Readonly<Record<WebhookKind, WebhookParser>> = {
  "docker.io": dockerHubWebhook,
  "ghcr.io": ghcrWebhook,
  harbor: harborWebhook,
  "quay.io": quayWebhook,
  acr: azureWebhook,
  "aliyun-acr": alibabaWebhook,
  cloudevents: { ...cloudEventsWebhook, answersOptions: true },
  ecr: amazonWebhook,
  gar: googleWebhook,
  gitlab: distributionWebhook("gitlab"),
  gitea: giteaWebhook,
  distribution: distributionWebhook("distribution"),
  artifactory: artifactoryWebhook,
  nexus: nexusWebhook,
};

/** The parser of a kind; undefined for an unknown one. */
export function findParser(kind: string): WebhookParser | undefined {
  return isWebhookKind(kind) ? PARSERS[kind] : undefined;
}

/**
 * Reads a registry's webhook: the push it tells of, the answer it wants, or why it is refused. Never
 * throws.
 *
 * Bodies over 1 MiB are refused unread, and nothing of a body is read before its secret is proven.
 * Which fields are read, and where a secret stands, is as in Argo CD Image Updater v1.3.
 */
export function parseWebhook(kind: WebhookKind, request: WebhookRequest): WebhookResult {
  const parser = findParser(kind);
  return parser === undefined ? refuseKind(kind, webhookKinds) : parseWith(parser, request);
}

/** Reads a webhook with a parser of one's own, under the same rules. Never throws. */
export function parseWith(parser: WebhookParser, request: WebhookRequest): WebhookResult {
  try {
    const { secretIn, contentType, parse } = parser;
    const body = readBody(request.body);
    if ("code" in body) return body;
    const refusal =
      checkSecret(request, body.bytes, secretIn) ?? checkContentType(request, contentType);
    if (refusal !== undefined) return refusal;
    const document = parseJson(body.bytes);
    return "code" in document ? document : parse(document.payload, request);
  } catch {
    // What a parser throws may quote the sender, who may have sent a secret.
    return refuse("parser-failed", "the webhook cannot be read: its parser failed");
  }
}

/** The refusal of an unknown kind, as it comes out of a URL. */
export function refuseKind(kind: string, known: readonly string[]): WebhookRefusal {
  const problem =
    kind === "" ? "the kind of webhook is missing" : `${quote(kind)} is not a kind of webhook`;
  return refuse("unknown-kind", `${problem}; write one of ${known.join(", ")}`);
}

function readBody(body: Uint8Array | string): { readonly bytes: Uint8Array } | WebhookRefusal {
  // A body parser that ran first leaves an object here, whatever the types say.
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    return refuse(
      "invalid-json",
      "the body is neither bytes nor text; take it before it is parsed",
    );
  }
  // A text has at least as many bytes as characters: what is too long is not even encoded.
  const isTooLong = body.length > MAXIMUM_BYTES;
  const bytes = isTooLong || typeof body !== "string" ? body : encodeText(body);
  if (typeof bytes === "string" || bytes.length > MAXIMUM_BYTES) {
    return refuse("too-large", `the body is larger than ${MAXIMUM_BYTES} bytes`);
  }
  return { bytes };
}

function checkContentType(
  request: WebhookRequest,
  rule: WebhookParser["contentType"],
): WebhookRefusal | undefined {
  const given = readHeader(request, "Content-Type");
  if (rule === "any" || JSON_TYPE.test(given)) return undefined;
  if (rule === "json-if-given" && given === "") return undefined;
  const message = `the Content-Type ${quote(given)} is not JSON; send application/json`;
  return refuse("unsupported-content-type", message);
}

function parseJson(bytes: Uint8Array): { readonly payload: unknown } | WebhookRefusal {
  try {
    const payload: unknown = JSON.parse(decodeText(bytes) ?? "");
    return { payload };
  } catch {
    // The parser's message quotes the text.
    return refuse("invalid-json", "the body is not JSON in UTF-8; send application/json");
  }
}
