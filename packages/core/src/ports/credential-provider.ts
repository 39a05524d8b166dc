import type { CredentialReference } from "../config/credential-reference.js";
import type { CancelSignal } from "./cancel-signal.js";
import type { Repository } from "./registry-client.js";
import type { GitCredentialReference } from "./write-back-settings.js";

/** What proves who we are. `expiresAt` is RFC 3339; the holder must ask again after it. */
export type Credential =
  | { readonly kind: "anonymous" }
  | {
      readonly kind: "basic";
      readonly username: string;
      readonly password: string;
      readonly expiresAt?: string | undefined;
    }
  | {
      /** An OAuth2 refresh token of the registry's token server. */
      readonly kind: "identity-token";
      readonly token: string;
      readonly expiresAt?: string | undefined;
    }
  | { readonly kind: "bearer"; readonly token: string; readonly expiresAt?: string | undefined };

/** What credentials are wanted for. */
export interface RepositoryCredentialRequest {
  readonly repository: Repository;
  /** The image's own reference, which wins over the registry's. */
  readonly reference?: CredentialReference | undefined;
  /** The credential answered last was refused: read it anew, whatever was kept of it. */
  readonly rejected?: boolean | undefined;
  readonly signal?: CancelSignal | undefined;
}

/** How the connection to a Git server is made, and whom it trusts. */
export interface GitConnection {
  /** PEM certificates to trust besides the machine's. */
  readonly ca?: string | undefined;
  /** PEM client certificate with its PEM key. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string } | undefined;
  /** `true` accepts any certificate of the server. Default: verified. */
  readonly insecure?: boolean | undefined;
  /** URL of an HTTP(S) proxy. */
  readonly proxy?: string | undefined;
  /** Hosts to reach without the proxy, comma-separated, as the variable `NO_PROXY`. */
  readonly noProxy?: string | undefined;
}

/** What proves who we are to a Git server or its forge. */
export type GitCredential =
  | {
      readonly kind: "anonymous";
      readonly connection?: GitConnection | undefined;
    }
  | {
      readonly kind: "basic";
      readonly username: string;
      readonly password: string;
      readonly expiresAt?: string | undefined;
      readonly connection?: GitConnection | undefined;
    }
  | {
      readonly kind: "bearer";
      readonly token: string;
      readonly expiresAt?: string | undefined;
      readonly connection?: GitConnection | undefined;
    }
  | {
      /** Installation tokens are made of it, and renewed, by whoever uses it. */
      readonly kind: "github-app";
      readonly appId: string;
      /** Absent: the installation of the repository's owner is looked up. */
      readonly installationId?: string | undefined;
      /** PEM RSA key. */
      readonly privateKey: string;
      /** API of GitHub Enterprise Server. Default: `https://api.github.com`. */
      readonly baseUrl?: string | undefined;
      readonly connection?: GitConnection | undefined;
    }
  | {
      readonly kind: "ssh-key";
      /** Where the URL names no user. Default: `git`. */
      readonly username?: string | undefined;
      /** Private key: OpenSSH, PKCS#1, SEC1 or PKCS#8 PEM. */
      readonly privateKey: string;
      readonly passphrase?: string | undefined;
      /** Lines as in `known_hosts`; the server's key must be among them. */
      readonly knownHosts?: string | undefined;
      /** `true` accepts any host key. Default: a host that is not known is refused. */
      readonly insecureIgnoreHostKey?: boolean | undefined;
    };

/** What Git credentials are wanted for. */
export interface GitCredentialRequest {
  readonly url: string;
  /** Argo CD project of the Application: credentials of another project are not for it. */
  readonly project?: string | undefined;
  readonly reference?: GitCredentialReference | undefined;
  /** Namespace of the Application, where a reference names none. */
  readonly namespace?: string | undefined;
  /** The credential answered last was refused: read it anew, whatever was kept of it. */
  readonly rejected?: boolean | undefined;
  readonly signal?: CancelSignal | undefined;
}

/**
 * Credentials, asked for at call time.
 *
 * Both methods throw `CredentialError` when a credential is configured but cannot be had; they answer
 * `anonymous` only when none is configured.
 */
export interface CredentialProvider {
  forRepository(request: RepositoryCredentialRequest): Promise<Credential>;
  forGit(request: GitCredentialRequest): Promise<GitCredential>;
}
