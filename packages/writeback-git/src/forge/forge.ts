import type { PullRequestSummary } from "@image-updater/core";

/** A pull request (merge request, on GitLab) as far as this package looks at it. */
export interface ForgePullRequest extends PullRequestSummary {
  /** Branch that is to be merged, even if it is gone; always one of the same repository. */
  readonly head: string;
  /** Branch that it is to be merged into. */
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  /** Name of the account that opened it. */
  readonly author: string;
}

/** Which pull requests to list: those into a base, of one head or of all. */
export interface PullRequestQuery {
  readonly base: string;
  readonly head?: string | undefined;
  /** `all` includes closed and merged ones. */
  readonly state: "open" | "all";
}

/** A pull request that is to be opened. */
export interface PullRequestDraft {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  /** Set at once where the forge can; what was opened says which ones are there. */
  readonly labels: readonly string[];
}

/** What came of opening: `exists` when the head has an open one already, `nothing` when it has no commits of its own. */
export type OpenAnswer =
  | { readonly kind: "opened"; readonly pullRequest: ForgePullRequest }
  | { readonly kind: "exists" }
  | { readonly kind: "nothing" };

/** What is to change; what is absent stays as it is. */
export interface PullRequestUpdate {
  readonly title?: string | undefined;
  readonly body?: string | undefined;
  /** Labels to add to those that are there. One that the repository does not know is made. */
  readonly addLabels?: readonly string[] | undefined;
}

/** How a pull request is closed. */
export interface PullRequestClosing {
  /** Takes the place of the body, in the same request that closes it. */
  readonly body: string;
  /** Said below it, once it is closed. */
  readonly comment: string;
}

/**
 * The pull requests of one repository, on one forge.
 *
 * Every method throws `WriteBackError` and nothing else: `unauthorized`, `forbidden`, `not-found`,
 * `rejected` for what the forge refuses, `unavailable` (rate limits included), `timeout`,
 * `invalid-response`, `cancelled`. No message holds the token. What only reads is tried again while the
 * forge is busy; what writes is tried again only where the forge says that it did nothing.
 *
 * Pull requests from forks are none of ours: no method shows them.
 */
export interface Forge {
  /** What messages call it: `GitHub`. */
  readonly name: string;
  /** All that match, newest first, whatever number of pages that takes. */
  list(query: PullRequestQuery, signal?: AbortSignal): Promise<readonly ForgePullRequest[]>;
  /** Opens one. Both branches are there; that it may exist already is an answer, not an error. */
  open(draft: PullRequestDraft, signal?: AbortSignal): Promise<OpenAnswer>;
  /** Changes an open one. */
  update(number: number, update: PullRequestUpdate, signal?: AbortSignal): Promise<void>;
  /** Closes one without merging it, then comments. When it throws, it may be closed already. */
  close(number: number, closing: PullRequestClosing, signal?: AbortSignal): Promise<void>;
}
