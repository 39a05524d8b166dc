import { createHash } from "node:crypto";
import type { SshRepositoryUrl } from "../../repository/ssh-address.js";
import { createHostKeyPolicy } from "./host-keys.js";
import { readPrivateKey } from "./private-key.js";
import { createSshTransport, type SshTransport } from "./ssh-transport.js";

/** Settings of {@link connectOverSsh}. */
export interface SshConnectionSettings {
  readonly address: SshRepositoryUrl;
  /** For an address that names no user. Default: `git`. */
  readonly username?: string | undefined;
  /** RSA, ECDSA or Ed25519, as OpenSSH or PEM text. */
  readonly privateKey: string;
  readonly passphrase?: string | undefined;
  /** Lines as in `known_hosts`. */
  readonly knownHosts?: string | undefined;
  /** Trusts any server. Default: false. */
  readonly insecureIgnoreHostKey?: boolean | undefined;
  /** For one request, and the connection it may need. */
  readonly requestTimeoutMs: number;
}

/** A way into one repository over SSH. */
export interface SshConnection {
  readonly transport: SshTransport;
  /** Tells users and their keys apart; never shown. */
  readonly identity: string;
}

const DEFAULT_USER = "git";

/**
 * Opens the way into a repository over SSH; nothing is sent before the first request.
 *
 * Throws `GitRemoteError` `host-key` where no host key could be trusted, and `invalid-key` for a private
 * key that cannot be read.
 */
export function connectOverSsh(settings: SshConnectionSettings): SshConnection {
  const { address, privateKey, passphrase, knownHosts, requestTimeoutMs } = settings;
  const { insecureIgnoreHostKey = false } = settings;
  const username = address.userInfo?.username ?? settings.username ?? DEFAULT_USER;
  const key = readPrivateKey({ privateKey, passphrase, reference: address.url });
  const hostKeys = createHostKeyPolicy({ address, knownHosts, insecureIgnoreHostKey });
  const transport = createSshTransport({ address, username, key, hostKeys, requestTimeoutMs });
  const fingerprint = createHash("sha256").update(key.getPublicSSH()).digest("hex");
  return { transport, identity: `${username} ${fingerprint}` };
}
