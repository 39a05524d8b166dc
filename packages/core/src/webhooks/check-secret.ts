import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64, hex } from "@scure/base";
import { decodeText, encodeText } from "../templates/utf8-text.js";
import { readHeader, readQuery, type WebhookRequest } from "./webhook-request.js";
import { refuse, type WebhookRefusal } from "./webhook-result.js";

/** A place of a request where a secret, or the proof of one, can stand. */
export type SecretCarrier =
  | "query"
  | "authorization"
  | "credentials"
  | "webhook-secret"
  | "gitlab-token"
  | "signature"
  | "gitea-signature"
  | "nexus-signature"
  | "jfrog-auth";

interface Carrier {
  readonly place: string;
  read(request: WebhookRequest): string;
  /** What must stand there. */
  expect(secret: string, body: Uint8Array, given: string): string;
}

const CARRIERS: Readonly<Record<SecretCarrier, Carrier>> = {
  query: {
    place: 'the query parameter "secret"',
    read: (request) => readQuery(request, "secret"),
    expect: (secret) => secret,
  },
  authorization: inHeader("Authorization"),
  // A sender that only knows HTTP's own schemes: the password, the token, or the value itself.
  credentials: {
    ...inHeader("Authorization"),
    read: (request) => readCredentials(readHeader(request, "Authorization")),
  },
  "webhook-secret": inHeader("X-Webhook-Secret"),
  "gitlab-token": inHeader("X-Gitlab-Token"),
  signature: {
    ...inHeader("X-Hub-Signature-256"),
    expect: (secret, body) => `sha256=${sign(sha256, secret, body)}`,
  },
  "gitea-signature": {
    ...inHeader("X-Gitea-Signature"),
    expect: (secret, body) => sign(sha256, secret, body),
  },
  "nexus-signature": {
    ...inHeader("X-Nexus-Webhook-Signature"),
    expect: (secret, body) => sign(sha1, secret, body),
  },
  // Artifactory sends the secret, or signs with it where "use secret for payload signing" is on.
  "jfrog-auth": {
    ...inHeader("X-JFrog-Event-Auth"),
    expect: (secret, body, given) => {
      const signature = sign(sha256, secret, body);
      return isSameSecret(given, signature) ? signature : secret;
    },
  },
};

/**
 * Refuses a request that does not prove to know the secret.
 *
 * The comparison takes as long for a wrong secret as for the right one, whatever their lengths.
 */
export function checkSecret(
  request: WebhookRequest,
  body: Uint8Array,
  carriers: readonly SecretCarrier[],
): WebhookRefusal | undefined {
  const { secret } = request;
  if (secret === undefined) return undefined;
  if (secret === "") {
    return refuse("secret-not-configured", "the configured secret is empty; set one");
  }
  const filled = carriers.find((carrier) => CARRIERS[carrier].read(request) !== "");
  if (filled === undefined) {
    const places = carriers.map((carrier) => CARRIERS[carrier].place).join(" or ");
    return refuse("missing-secret", `the webhook carries no secret; it belongs in ${places}`);
  }
  const { place, read, expect } = CARRIERS[filled];
  const given = read(request);
  if (isSameSecret(given, expect(secret, body, given))) return undefined;
  return refuse("unauthorized", `${place} does not fit the configured secret`);
}

function inHeader(name: string): Carrier {
  return {
    place: `the header ${name}`,
    read: (request) => readHeader(request, name),
    expect: (secret) => secret,
  };
}

function sign(hash: typeof sha1 | typeof sha256, secret: string, body: Uint8Array): string {
  return hex.encode(hmac(hash, encodeText(secret), body));
}

/** The token of `Bearer`, the password of `Basic`, or the header as it is. */
function readCredentials(header: string): string {
  const space = header.indexOf(" ");
  const scheme = header.slice(0, Math.max(space, 0)).toLowerCase();
  const rest = header.slice(space + 1).trim();
  if (scheme === "bearer") return rest;
  if (scheme !== "basic") return header;
  try {
    const text = decodeText(base64.decode(rest)) ?? "";
    return text.slice(text.indexOf(":") + 1);
  } catch {
    return header;
  }
}

/** Compares digests, so that neither the length nor the first difference shows in the time taken. */
function isSameSecret(a: string, b: string): boolean {
  const wanted = sha256(encodeText(b));
  const difference = sha256(encodeText(a)).reduce(
    (bits, byte, index) => bits | (byte ^ (wanted[index] ?? 0)),
    0,
  );
  return difference === 0;
}
