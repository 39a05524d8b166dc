import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hex } from "@scure/base";
import { encodeText } from "../templates/utf8-text.js";
import { readHeader, readQuery, type WebhookRequest } from "./webhook-request.js";
import { refuse, type WebhookRefusal } from "./webhook-result.js";

/** A place of a request where a secret, or the proof of one, can stand. */
export type SecretCarrier = "query" | "authorization" | "webhook-secret" | "signature";

interface Carrier {
  readonly place: string;
  read(request: WebhookRequest): string;
  /** What must stand there. */
  expect(secret: string, body: Uint8Array): string;
}

const CARRIERS: Readonly<Record<SecretCarrier, Carrier>> = {
  query: {
    place: 'the query parameter "secret"',
    read: (request) => readQuery(request, "secret"),
    expect: (secret) => secret,
  },
  authorization: {
    place: "the header Authorization",
    read: (request) => readHeader(request, "Authorization"),
    expect: (secret) => secret,
  },
  "webhook-secret": {
    place: "the header X-Webhook-Secret",
    read: (request) => readHeader(request, "X-Webhook-Secret"),
    expect: (secret) => secret,
  },
  signature: {
    place: "the header X-Hub-Signature-256",
    read: (request) => readHeader(request, "X-Hub-Signature-256"),
    expect: (secret, body) => `sha256=${hex.encode(hmac(sha256, encodeText(secret), body))}`,
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
  if (isSameSecret(read(request), expect(secret, body))) return undefined;
  return refuse("unauthorized", `${place} does not fit the configured secret`);
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
