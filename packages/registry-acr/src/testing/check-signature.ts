import { createHash, createHmac } from "node:crypto";
import type { ApiAnswer, ApiAsk } from "./api-message.js";
import { errorAnswer } from "./api-message.js";

const AUTHORIZATION =
  /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})$/;
const LONGEST_SKEW_MS = 15 * 60 * 1000;

/** A key that may sign. */
export interface TestAccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number | undefined;
}

/** Refuses calls that are not signed as the V3 signature wants it. */
export interface SignatureCheck {
  /** The error the call earns, or `undefined` when it is signed well. */
  refuse(ask: ApiAsk): ApiAnswer | undefined;
}

/** Checks against the keys that `keyOf` knows; a nonce that was seen is refused. */
export function createSignatureCheck(
  keyOf: (accessKeyId: string) => TestAccessKey | undefined,
  now: () => number,
): SignatureCheck {
  const nonces = new Set<string>();

  return {
    refuse(ask): ApiAnswer | undefined {
      const [, id = "", names = "", signature = ""] =
        AUTHORIZATION.exec(ask.headers["authorization"] ?? "") ?? [];
      const key = keyOf(id);
      if (key === undefined) return errorAnswer(404, "InvalidAccessKeyId.NotFound", "no such key");
      if (key.expiresAt !== undefined && key.expiresAt <= now()) {
        return errorAnswer(403, "InvalidSecurityToken.Expired", "the token has expired");
      }
      if (ask.headers["x-acs-security-token"] !== key.securityToken) {
        return errorAnswer(403, "InvalidSecurityToken.MismatchWithAccessKey", "another token");
      }
      const request = canonicalText(ask, names.split(";"));
      const wanted = createHmac("sha256", key.accessKeySecret)
        .update(`ACS3-HMAC-SHA256\n${hash(request)}`)
        .digest("hex");
      // As the real one, this quotes the request, token included.
      if (wanted !== signature) return errorAnswer(400, "SignatureDoesNotMatch", request);
      return refuseStamp(ask, names, nonces, now());
    },
  };
}

function refuseStamp(
  { headers, body }: ApiAsk,
  names: string,
  nonces: Set<string>,
  now: number,
): ApiAnswer | undefined {
  const unsigned = Object.keys(headers)
    .filter((name) => name === "host" || name.startsWith("x-acs-"))
    .filter((name) => !names.split(";").includes(name));
  if (unsigned.length > 0) {
    return errorAnswer(400, "IncompleteSignature", `not signed: ${unsigned.join(", ")}`);
  }
  if (headers["x-acs-content-sha256"] !== hash(body)) {
    return errorAnswer(400, "InvalidContentHash", "another body");
  }
  const date = headers["x-acs-date"] ?? "";
  const isDate = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(date);
  if (!isDate || Math.abs(Date.parse(date) - now) > LONGEST_SKEW_MS) {
    return errorAnswer(400, "InvalidTimeStamp.Expired", "another time");
  }
  const nonce = headers["x-acs-signature-nonce"] ?? "";
  if (nonce === "" || nonces.has(nonce)) {
    return errorAnswer(400, "SignatureNonceUsed", "the nonce was used before");
  }
  nonces.add(nonce);
  return undefined;
}

/** What the client must have signed, made from the bytes of its request line and headers. */
function canonicalText(
  { method, target, headers, body }: ApiAsk,
  names: readonly string[],
): string {
  const [path = "", query = ""] = target.split("?");
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => pair.split("=").map(encodeAgain).join("="));
  pairs.sort((one, other) => (one.split("=")[0] ?? "").localeCompare(other.split("=")[0] ?? ""));
  let text = `${method}\n${path.split("/").map(encodeAgain).join("/")}\n${pairs.join("&")}\n`;
  for (const name of names) text += `${name}:${(headers[name] ?? "").trim()}\n`;
  return `${text}\n${names.join(";")}\n${hash(body)}`;
}

/** Whatever form the client chose, the signature is over this one. */
function encodeAgain(text: string): string {
  let encoded = "";
  for (const byte of Buffer.from(decodeURIComponent(text), "utf8")) {
    const character = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9\-._~]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

function hash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
