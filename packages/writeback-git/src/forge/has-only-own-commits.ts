import type { CommitAuthor, WriteBackChange } from "@image-updater/core";
import { branchRef, type CommitFacts, type GitRemote } from "@image-updater/git-remote";
import { ownCommits } from "../change/own-commits.js";
import type { ForgePullRequest } from "./forge.js";

/** Who we are, where it is asked whether a commit is ours. */
export interface OwnCommits {
  readonly remote: GitRemote;
  readonly author: CommitAuthor;
  readonly changes: readonly WriteBackChange[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Whether every commit that a pull request would merge was authored and committed by us, as the
 * repository tells it: two Git requests, and none to the forge.
 *
 * Ours are the authors of the changes; and, for commits that GitHub made for an App, the account that
 * opened the pull request. A branch that is gone has no commits of anybody; commits that cannot be
 * listed may be anybody's.
 */
export async function hasOnlyOwnCommits(
  { remote, author, changes, signal }: OwnCommits,
  { head, base, author: opener }: ForgePullRequest,
): Promise<boolean> {
  const { refs, features } = await remote.advertise([{ base, branch: head }], signal);
  const tip = refs.get(branchRef(head));
  const start = refs.get(branchRef(base));
  if (tip === undefined || start === undefined || tip === start) return true;
  const isOurs = ownCommits(changes, author);
  const commits = await remote.commitsBeyond({ tip, base: start, features }, signal);
  return (
    commits !== undefined && commits.every((commit) => isOurs(commit) || isOfBot(commit, opener))
  );
}

/** GitHub gives the account of an App such an address, and commits in its own name. */
function isOfBot({ authorEmail, committerEmail }: CommitFacts, opener: string): boolean {
  if (!opener.endsWith("[bot]")) return false;
  const isBot = (email: string): boolean =>
    email.replace(/^\d+\+/u, "") === `${opener}@users.noreply.github.com`;
  return isBot(authorEmail) && (isBot(committerEmail) || committerEmail === "noreply@github.com");
}
