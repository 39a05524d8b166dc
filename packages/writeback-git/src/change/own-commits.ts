import type { CommitAuthor, WriteBackChange } from "@image-updater/core";
import type { CommitFacts } from "@image-updater/git-remote";
import { authorOf, cleanAuthor } from "./commit-text.js";

/**
 * Tells commits of the authors of some changes from those of others: `author` is who commits where a
 * change names nobody.
 *
 * Whoever else touched a commit, be it only to rebase it, is not to lose it. Nobody is known by having
 * no address.
 */
export function ownCommits(
  changes: readonly WriteBackChange[],
  author: CommitAuthor,
): (commit: CommitFacts) => boolean {
  const authors = [author, ...changes.map((change) => authorOf([change], author))];
  const emails = new Set(
    authors.map((one) => cleanAuthor(one).email).filter((email) => email !== ""),
  );
  return ({ authorEmail, committerEmail }) => emails.has(authorEmail) && emails.has(committerEmail);
}
