import { createHash } from "node:crypto";
import { WriteBackError, type GitCredential } from "@image-updater/core";
import type { RepositoryAccess } from "../../access/repository-access.js";
import type { SshRepositoryUrl } from "../../repository/ssh-address.js";
import { createHostKeyPolicy } from "./host-keys.js";
import { readPrivateKey } from "./private-key.js";
import { createSshTransport } from "./ssh-transport.js";

/** Settings of {@link openSshAccess}. */
export interface SshAccessSettings {
  /** Lines as in `known_hosts`, for credentials that bring none. */
  readonly knownHosts: string | undefined;
  readonly requestTimeoutMs: number;
}

const DEFAULT_USER = "git";

/**
 * Opens the way into a repository over SSH; nothing is sent before the first request.
 *
 * Throws `WriteBackError` `unsupported` for a credential that is not a key and `host-key` where no host key
 * could be trusted, and `CredentialError` for a key that cannot be read.
 */
export function openSshAccess(
  { knownHosts, requestTimeoutMs }: SshAccessSettings,
  address: SshRepositoryUrl,
  credential: GitCredential,
): RepositoryAccess {
  if (credential.kind !== "ssh-key") throw noKey(address, credential);
  const { privateKey, passphrase, insecureIgnoreHostKey = false } = credential;
  const username = address.userInfo?.username ?? credential.username ?? DEFAULT_USER;
  const key = readPrivateKey({ privateKey, passphrase, reference: address.url });
  const hostKeys = createHostKeyPolicy({
    address,
    knownHosts: credential.knownHosts ?? knownHosts,
    insecureIgnoreHostKey,
  });
  const transport = createSshTransport({ address, username, key, hostKeys, requestTimeoutMs });
  const fingerprint = createHash("sha256").update(key.getPublicSSH()).digest("hex");
  return {
    transport,
    identity: `${username} ${fingerprint}`,
    forge: undefined,
    close: () => transport.close(),
  };
}

function noKey({ url }: SshRepositoryUrl, { kind }: GitCredential): WriteBackError {
  const given =
    kind === "anonymous" ? "there is no credential for it" : `the credential is of kind "${kind}"`;
  const message = `cannot write to ${url}: over SSH, a private key is needed (kind "ssh-key"), and ${given}; give a key, or use the repository's https:// URL`;
  return new WriteBackError("unsupported", message, { target: url });
}
