/** Which Git credentials to use, as the write-back method names them. */
export type GitCredentialReference =
  | { readonly kind: "repocreds" }
  | { readonly kind: "secret"; readonly namespace?: string | undefined; readonly name: string };

/** What is edited in the repository. Paths are as the user wrote them. */
export type WriteBackFile =
  | { readonly kind: "override"; readonly path?: string | undefined }
  | { readonly kind: "helmvalues"; readonly path?: string | undefined }
  | { readonly kind: "kustomization"; readonly path?: string | undefined };

/** A forge that pull requests (merge requests, on GitLab) are opened on. */
export type ForgeKind = "github" | "gitlab" | "gitea";

/** Asks for a pull request instead of a push to the base branch. */
export interface PullRequestSettings {
  readonly forge: ForgeKind;
  /** Labels to put on it; trimmed, without blanks and duplicates. */
  readonly labels: readonly string[];
}

/** How an application's updates are written back; plain data out of annotations, a resource or code. */
export interface WriteBackSettings {
  readonly method: "argocd" | "git";
  /** Only for `git`. */
  readonly credentials?: GitCredentialReference | undefined;
  readonly target: WriteBackFile;
  /** Repository to write to instead of the source's. */
  readonly repository?: string | undefined;
  /** Branch to read and edit instead of the source's `targetRevision`. */
  readonly baseBranch?: string | undefined;
  /** Template of the branch to push; absent means the base branch. */
  readonly branchTemplate?: string | undefined;
  /** Only for `git`, and never together with `branchTemplate`. */
  readonly pullRequest?: PullRequestSettings | undefined;
}
