import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import { CredentialError } from "@image-updater/core";
import type { GithubApp } from "./github-app.js";

/** Clocks may differ: issued a minute ago, and good for the ten minutes that GitHub allows at most. */
const ISSUED_BEFORE_SECONDS = 60;
const LIFETIME_SECONDS = 600;

/**
 * A JSON Web Token by which a GitHub App proves who it is: RS256, good for nine minutes.
 *
 * Throws a `CredentialError` for a key that is not PEM RSA key.
 */
export function signAppToken(app: GithubApp, now: Date): string {
  const issuedAt = Math.floor(now.getTime() / 1000) - ISSUED_BEFORE_SECONDS;
  const claims = { iat: issuedAt, exp: issuedAt + LIFETIME_SECONDS, iss: app.appId };
  const text = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  const signature = sign("RSA-SHA256", Buffer.from(text), readKey(app));
  return `${text}.${signature.toString("base64url")}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function readKey({ privateKey, appId, target }: GithubApp): KeyObject {
  const key = parseKey(privateKey);
  if (key?.asymmetricKeyType === "rsa") return key;
  const message = `the private key of GitHub App ${appId} for ${target} should be a PEM RSA key, not encrypted`;
  throw new CredentialError("invalid-secret", message, { reference: target });
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
