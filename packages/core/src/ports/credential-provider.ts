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

/** What Git credentials are wanted for. */
export interface GitCredentialRequest {
  readonly url: string;
  readonly project?: string | undefined;
  readonly reference?: GitCredentialReference | undefined;
  readonly namespace?: string | undefined;
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
  forGit(request: GitCredentialRequest): Promise<Credential>;
}
