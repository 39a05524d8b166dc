import { createHash } from "node:crypto";
import type { Credential } from "@image-updater/core";

/**
 * A text that two credentials have in common only when they prove the same: a hash, so that no
 * password stays in memory as the key of a map.
 */
export function credentialIdentity(credential: Credential): string {
  const identity = JSON.stringify([credential.kind, ...proofOf(credential)]);
  return createHash("sha256").update(identity).digest("hex");
}

function proofOf(credential: Credential): readonly string[] {
  if (credential.kind === "anonymous") return [];
  if (credential.kind === "basic") return [credential.username, credential.password];
  return [credential.token];
}
