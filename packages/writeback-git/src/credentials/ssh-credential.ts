import type { GitCredential } from "@image-updater/core";
import {
  invalidField,
  isInsecure,
  refuseUnsupported,
  type CredentialFields,
} from "./credential-fields.js";

const OTHERS = ["password", "bearerToken", "githubAppPrivateKey"] as const;

/**
 * The credential for SSH that fields describe, and the host keys that come with it; `anonymous` when
 * there is none of any kind.
 *
 * Throws a `CredentialError` that names the field for a key that is missing among others.
 */
export function sshCredential(
  fields: CredentialFields,
  knownHosts: string | undefined,
): GitCredential {
  const privateKey = fields.secret("sshPrivateKey");
  if (privateKey === undefined) {
    if (OTHERS.some((field) => fields.secret(field) !== undefined)) {
      throw invalidField(fields.reference, "sshPrivateKey", "is missing; the URL is one for SSH");
    }
    refuseUnsupported(fields);
    return { kind: "anonymous" };
  }
  return {
    kind: "ssh-key",
    privateKey,
    ...(knownHosts === undefined ? {} : { knownHosts }),
    ...(isInsecure(fields) ? { insecureIgnoreHostKey: true } : {}),
  };
}

/** Lines as in `known_hosts` that a secret holds itself. */
export function ownKnownHosts(fields: CredentialFields): string | undefined {
  return fields.secret("knownHosts") ?? fields.secret("sshKnownHosts");
}
