import type { GitCredential } from "@image-updater/core";
import type { Dispatcher } from "undici";
import type { GitTransport } from "@image-updater/git-remote";

/** A way into one repository, open for one call of the write-back. */
export interface RepositoryAccess {
  readonly transport: GitTransport;
  /** Tells identities apart: what one has seen is not shown to another one. Never shown. */
  readonly identity: string | undefined;
  /** The API of the forge that hosts the repository; undefined where the credential is of no use there. */
  readonly forge: ForgeAccess | undefined;
  /** Ends connections that stay open. */
  close?(): void;
}

/** What is needed to call the API of a forge. */
export interface ForgeAccess {
  /** Personal, project or installation token: that of the HTTPS credential, or of the URL. */
  readonly token: string;
  readonly kind: Exclude<GitCredential["kind"], "anonymous" | "ssh-key">;
  /** API that the credential itself names, without a slash at the end; always there for a GitHub App. */
  readonly baseUrl?: string | undefined;
  readonly dispatcher: Dispatcher | undefined;
}
