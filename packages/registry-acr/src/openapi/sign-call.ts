import { createHash, createHmac } from "node:crypto";
import type { AccessKey } from "../credentials/access-key.js";
import { byName, formatPath, formatQuery, type OpenApiCall } from "./open-api-call.js";

const ALGORITHM = "ACS3-HMAC-SHA256";
const EMPTY_BODY = sha256("");

/** What makes one signature differ from another. */
export interface SignatureStamp {
  readonly date: Date;
  /** Never used twice. */
  readonly nonce: string;
}

/** What a signed call is sent with, besides the `host` that HTTP sets. */
export interface CallSignature {
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: string;
}

/** Signs a call by Alibaba Cloud's V3 signature, ACS3-HMAC-SHA256. */
export function signCall(
  call: OpenApiCall,
  host: string,
  key: AccessKey,
  stamp: SignatureStamp,
): CallSignature {
  const headers = headersOf(call, key, stamp);
  const signed = { host, ...headers };
  const text = `${ALGORITHM}\n${sha256(canonicalRequest(call, signed))}`;
  const signature = createHmac("sha256", key.accessKeySecret).update(text).digest("hex");
  const names = Object.keys(signed).toSorted().join(";");
  const authorization = `${ALGORITHM} Credential=${key.accessKeyId},SignedHeaders=${names},Signature=${signature}`;
  return { headers, authorization };
}

/** The text whose hash is signed; all of `headers` are, with names in lower case. */
export function canonicalRequest(
  { method, path, query }: OpenApiCall,
  headers: Readonly<Record<string, string>>,
): string {
  const sorted = Object.entries(headers).toSorted(byName);
  const block = sorted.map(([name, value]) => `${name}:${value.trim()}\n`).join("");
  const names = sorted.map(([name]) => name).join(";");
  return [method, formatPath(path), formatQuery(query), block, names, EMPTY_BODY].join("\n");
}

function headersOf(
  { action, version }: OpenApiCall,
  { accessKeyId, securityToken }: AccessKey,
  { date, nonce }: SignatureStamp,
): Readonly<Record<string, string>> {
  const headers = {
    "x-acs-action": action,
    "x-acs-content-sha256": EMPTY_BODY,
    "x-acs-date": formatDate(date),
    "x-acs-signature-nonce": nonce,
    "x-acs-version": version,
  };
  if (securityToken === undefined) return headers;
  return { ...headers, "x-acs-accesskey-id": accessKeyId, "x-acs-security-token": securityToken };
}

/** RFC 3339 in UTC without milliseconds. */
export function formatDate(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
