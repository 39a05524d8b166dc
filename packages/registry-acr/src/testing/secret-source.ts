import { randomBytes } from "node:crypto";
import type { Clock } from "@image-updater/core";
import type { TestAccessKey } from "./check-signature.js";
import type { TestLogin } from "./registry-api.js";
import type { TestSessionKey } from "./session-api.js";

/** What secrets are made by. */
export interface SecretOptions {
  /** Default another password each time, for `cr_temp_user`. */
  readonly login?: { readonly username: string; readonly password: string } | undefined;
  /** Default 3600. */
  readonly loginLifetimeSeconds?: number | undefined;
  /** Of keys of roles; default 3600. */
  readonly sessionLifetimeSeconds?: number | undefined;
}

/** Makes keys and passwords, and remembers them. */
export interface SecretSource {
  /** All secrets so far. */
  readonly secrets: readonly string[];
  /** The key that may sign under this id. */
  keyOf(accessKeyId: string): TestAccessKey | undefined;
  addKey(key: TestAccessKey): void;
  addSecret(secret: string): void;
  issueKey(): TestSessionKey;
  issueLogin(): TestLogin;
}

/** A source whose secrets end by the clock. */
export function createSecretSource(options: SecretOptions, clock: Clock): SecretSource {
  const keys = new Map<string, TestAccessKey>();
  const secrets: string[] = [];

  function after(seconds = 3600): number {
    return clock.now().getTime() + seconds * 1000;
  }

  function addKey(key: TestAccessKey): void {
    keys.set(key.accessKeyId, key);
    secrets.push(key.accessKeySecret);
    if (key.securityToken !== undefined) secrets.push(key.securityToken);
  }

  return {
    secrets,
    keyOf: (id) => keys.get(id),
    addKey,
    addSecret(secret): void {
      secrets.push(secret);
    },
    issueKey(): TestSessionKey {
      const securityToken = `CAIS${randomBytes(32).toString("base64")}`;
      const expiresAt = after(options.sessionLifetimeSeconds);
      const key = { ...newAccessKey("STS."), securityToken, expiresAt };
      addKey(key);
      return key;
    },
    issueLogin(): TestLogin {
      const login = options.login ?? { username: "cr_temp_user", password: newPassword() };
      secrets.push(login.password);
      return { ...login, expiresAt: after(options.loginLifetimeSeconds) };
    },
  };
}

/** A key whose id starts with the prefix. */
export function newAccessKey(prefix: string): {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
} {
  return {
    accessKeyId: `${prefix}${randomBytes(8).toString("hex")}`,
    accessKeySecret: randomBytes(16).toString("hex"),
  };
}

/** Of the form that the real ones have. */
function newPassword(): string {
  const claims = Buffer.from(JSON.stringify({ nonce: randomBytes(16).toString("hex") }));
  return `${claims.toString("base64")}:${randomBytes(20).toString("hex")}`;
}
