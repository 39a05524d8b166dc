import { WriteBackError, type GitCredential } from "@image-updater/core";
import type { SshRepositoryUrl } from "@image-updater/git-remote";
import { connectOverSsh } from "@image-updater/git-remote/ssh";
import type { RepositoryAccess } from "./repository-access.js";

/** Settings of {@link openSshAccess}. */
export interface SshAccessSettings {
  /** Lines as in `known_hosts`, for credentials that bring none. */
  readonly knownHosts: string | undefined;
  readonly requestTimeoutMs: number;
}

/**
 * Opens the way into a repository over SSH; nothing is sent before the first request.
 *
 * Throws `WriteBackError` `unsupported` for a credential that is not a key, and what
 * {@link connectOverSsh} throws.
 */
export function openSshAccess(
  settings: SshAccessSettings,
  address: SshRepositoryUrl,
  credential: GitCredential,
): RepositoryAccess {
  if (credential.kind !== "ssh-key") throw noKey(address, credential);
  const { requestTimeoutMs } = settings;
  const knownHosts = credential.knownHosts ?? settings.knownHosts;
  const { transport, identity } = connectOverSsh({
    ...credential,
    address,
    knownHosts,
    requestTimeoutMs,
  });
  return { transport, identity, forge: undefined, close: () => transport.close() };
}

function noKey({ url }: SshRepositoryUrl, { kind }: GitCredential): WriteBackError {
  const given =
    kind === "anonymous" ? "there is no credential for it" : `the credential is of kind "${kind}"`;
  const message = `cannot write to ${url}: over SSH, a private key is needed (kind "ssh-key"), and ${given}; give a key, or use the repository's https:// URL`;
  return new WriteBackError("unsupported", message, { target: url });
}
