import {
  summarizeError,
  type CommitAuthor,
  type WriteBackChange,
  type WriteResult,
} from "@image-updater/core";
import type { ForgeAccess } from "./access/repository-access.js";
import {
  findStart,
  resolveBranch,
  type BranchNames,
  type BranchTarget,
} from "./repository/branch.js";
import type { GitRemote } from "./repository/git-remote.js";
import type { Indexed } from "./repository/group-by-repository.js";
import { retryUntilDeadline, type RetryLimits } from "./retry.js";
import type { RefAdvertisement } from "./wire/ref-advertisement.js";
import { writeBranch } from "./write-branch.js";

/** A repository that is open, and how to work on it. */
export interface RepositoryWork {
  readonly remote: GitRemote;
  readonly author: CommitAuthor;
  readonly limits: RetryLimits;
  /** For pull requests and commits through the API of a forge. */
  readonly forge?: ForgeAccess | undefined;
  /** Called when the work is done. */
  close?: (() => void) | undefined;
}

interface BranchGroup {
  readonly target: BranchTarget;
  readonly entries: Indexed<WriteBackChange>[];
}

/**
 * Writes the changes of one repository, branch by branch, each with one fetch and one push.
 *
 * Answers results by the changes' place in the caller's list. Throws only when the repository's
 * branches cannot be read at all.
 */
export async function writeRepository(
  work: RepositoryWork,
  entries: readonly Indexed<WriteBackChange>[],
): Promise<ReadonlyMap<number, WriteResult>> {
  const { remote, limits } = work;
  const results = new Map<number, WriteResult>();
  const locations = entries.map(({ location }) => location);
  let advertisement: RefAdvertisement | undefined = await advertise(remote, locations, limits);
  for (const group of groupByBranch(remote.target, entries, advertisement, results)) {
    const changes = group.entries.map(({ item }) => item);
    const written = await writeBranch({ ...work, target: group.target, changes }, advertisement);
    for (const [index, result] of written.entries()) {
      const entry = group.entries[index];
      if (entry !== undefined) results.set(entry.index, result);
    }
    // What was just pushed may be the base of the next branch.
    advertisement = undefined;
  }
  return results;
}

/** Asks for branches of a repository, more than once if the server is busy. */
export function advertise(
  remote: GitRemote,
  locations: readonly BranchNames[],
  limits: RetryLimits,
): Promise<RefAdvertisement> {
  return retryUntilDeadline(limits, async () => ({
    kind: "done",
    value: await remote.advertise(locations, limits.signal),
  }));
}

function groupByBranch(
  target: string,
  entries: readonly Indexed<WriteBackChange>[],
  advertisement: RefAdvertisement,
  failures: Map<number, WriteResult>,
): readonly BranchGroup[] {
  const groups = new Map<string, BranchGroup>();
  for (const entry of entries) {
    try {
      const branch = resolveBranch(target, entry.location, advertisement);
      const { exists } = findStart(target, branch, advertisement);
      // The base of a branch that is there does not matter any more.
      const key = JSON.stringify([branch.branch, exists ? undefined : branch.base]);
      const group = groups.get(key) ?? { target: branch, entries: [] };
      group.entries.push(entry);
      groups.set(key, group);
    } catch (error) {
      failures.set(entry.index, { kind: "failed", error: summarizeError(error) });
    }
  }
  return [...groups.values()];
}
