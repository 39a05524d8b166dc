import type { ErrorSummary } from "../errors/image-updater-error.js";
import type { CallOptions } from "./cancel-signal.js";
import type { Edit } from "./edits.js";
import type { WriteBackSettings } from "./write-back-settings.js";

/** Where the files of a change live. */
export interface WriteBackLocation {
  /**
   * Repository URL, as configured. It may carry user information, which goes into plans, since a
   * target needs it, but never into messages.
   */
  readonly repository: string;
  /** Branch to read; absent means the branch the remote's HEAD names. */
  readonly base?: string | undefined;
  /**
   * Branch to push; absent means the one that was read. One that is there already is read and edited
   * in place of the base.
   */
  readonly branch?: string | undefined;
}

/** Who is named in a commit. */
export interface CommitAuthor {
  readonly name: string;
  readonly email: string;
}

/** One application's change: everything a target needs, as plain JSON. */
export interface WriteBackChange {
  readonly application: { readonly name: string; readonly namespace: string };
  /** Argo CD project of the Application; credentials of another project are not for it. */
  readonly project?: string | undefined;
  readonly settings: WriteBackSettings;
  /** Absent when the change goes to the Application itself. */
  readonly location?: WriteBackLocation | undefined;
  readonly edits: readonly Edit[];
  /** Commit message, as the template gave it. */
  readonly message: string;
  readonly author?: CommitAuthor | undefined;
}

/** What to read: the files of a change, before or without any edit. */
export interface WriteBackRead {
  readonly application: WriteBackChange["application"];
  readonly project?: string | undefined;
  readonly settings: WriteBackSettings;
  readonly location?: WriteBackLocation | undefined;
  /** Paths from the repository's root. */
  readonly paths: readonly string[];
}

/** The answer to one `WriteBackRead`: bytes by path, `undefined` for a file that does not exist. */
export type ReadResult =
  | { readonly kind: "read"; readonly files: ReadonlyMap<string, Uint8Array | undefined> }
  | { readonly kind: "failed"; readonly error: ErrorSummary };

/** A pull request that carries a change. */
export interface PullRequestSummary {
  readonly number: number;
  /** Page of the pull request, for people. */
  readonly url: string;
  readonly state: "open" | "closed" | "merged";
}

/** What became of one change; `notes` say what a person should know of how it was written, or why not. */
export type WriteResult =
  | {
      readonly kind: "written";
      /** Commit id or resource version. */
      readonly revision: string;
      readonly branch?: string | undefined;
      /** Paths that changed. */
      readonly paths: readonly string[];
      readonly pullRequest?: PullRequestSummary | undefined;
      readonly notes?: readonly string[] | undefined;
    }
  | {
      readonly kind: "unchanged";
      readonly pullRequest?: PullRequestSummary | undefined;
      readonly notes?: readonly string[] | undefined;
    }
  | { readonly kind: "failed"; readonly error: ErrorSummary };

/**
 * Writes changes to one kind of place.
 *
 * Answers one result per change, in order, whatever happens to the others. Changes of one repository
 * and branch share one fetch and one push. The updater makes one call per branch, several of them at the
 * same time, also of one repository. An edit is applied to the bytes that are there at the
 * moment of writing, again after a conflict; what somebody else wrote is never written over.
 */
export interface WriteBackTarget {
  /** Version of this contract. */
  readonly contract: "write-back-target/1";

  /** Whether this target writes for the settings. The first target of the updater's list that does is used. */
  accepts(settings: WriteBackSettings): boolean;

  /** Reads files for previews and for what runs now. Never throws for one entry's sake. */
  read(reads: readonly WriteBackRead[], options?: CallOptions): Promise<readonly ReadResult[]>;

  /** Writes. Never throws for one change's sake. */
  write(
    changes: readonly WriteBackChange[],
    options?: CallOptions,
  ): Promise<readonly WriteResult[]>;
}
