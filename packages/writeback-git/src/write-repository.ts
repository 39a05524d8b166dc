import {
  summarizeError,
  WriteBackError,
  type ForgeKind,
  type WriteBackChange,
  type WriteResult,
} from "@image-updater/core";
import type { ForgeAccess } from "./access/repository-access.js";
import type { CommitSettings } from "./change/commit-changes.js";
import { openForge } from "./forge/open-forge.js";
import { writePullRequest } from "./forge/write-pull-request.js";
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
export interface RepositoryWork extends CommitSettings {
  readonly remote: GitRemote;
  readonly limits: RetryLimits;
  readonly commitMethod?: "git" | "api" | undefined;
  /** For pull requests and commits through the API of a forge. */
  readonly forge?: ForgeAccess | undefined;
  /** Default: superseded ones are closed, by the APIs that forges have by themselves. */
  readonly pullRequests?: PullRequestOptions | undefined;
  /** Called when the work is done. */
  close?: (() => void) | undefined;
}

/** How pull requests are handled, whatever forge they are on. */
export interface PullRequestOptions {
  readonly supersede: "close" | "keep";
  /** URLs of the APIs of forges, by the host of the repository. */
  readonly apiUrls: Readonly<Record<string, string>>;
  readonly requestTimeoutMs: number;
}

const DEFAULT_OPTIONS: PullRequestOptions = {
  supersede: "close",
  apiUrls: {},
  requestTimeoutMs: 90_000,
};

interface BranchGroup {
  readonly target: BranchTarget;
  /** Forge to open a pull request on; absent where the branch is all. */
  readonly forge: ForgeKind | undefined;
  readonly entries: Indexed<WriteBackChange>[];
}

/**
 * Writes the changes of one repository, branch by branch, each with one fetch and one push; and has a
 * pull request open where the settings ask for one.
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
  const groups = groupByBranch(remote.target, entries, advertisement, results);
  const wanted = new Set(groups.map(({ target }) => target.branch));
  for (const group of groups) {
    const written = await writeGroup(work, group, wanted, advertisement);
    for (const [index, result] of written.entries()) {
      const entry = group.entries[index];
      if (entry !== undefined) results.set(entry.index, result);
    }
    // What was just pushed may be the base of the next branch.
    advertisement = undefined;
  }
  return results;
}

async function writeGroup(
  work: RepositoryWork,
  { target, forge: kind, entries }: BranchGroup,
  wanted: ReadonlySet<string>,
  advertisement: RefAdvertisement | undefined,
): Promise<readonly WriteResult[]> {
  const changes = entries.map(({ item }) => item);
  const branchWork = { ...work, target, changes };
  if (kind === undefined) return writeBranch(branchWork, advertisement);
  const { remote, limits, forge: access, pullRequests = DEFAULT_OPTIONS } = work;
  try {
    const repository = remote.target;
    const forge = openForge(kind, { ...pullRequests, repository, access, limits });
    // Nobody is to build on a branch that is only there to be merged: it follows its base.
    const push = async (): Promise<readonly WriteResult[]> =>
      writeBranch({ ...branchWork, rebuild: true }, advertisement);
    const { supersede } = pullRequests;
    return await writePullRequest({
      ...branchWork,
      forge,
      supersede,
      wanted,
      push,
      signal: limits.signal,
    });
  } catch (error) {
    return changes.map(() => ({ kind: "failed", error: summarizeError(error) }));
  }
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
      const forge = entry.item.settings.pullRequest?.forge;
      if (forge !== undefined) requireTwoBranches(target, branch, advertisement);
      // The base of a branch that is there matters only to its pull request.
      const base = exists && forge === undefined ? undefined : branch.base;
      const key = JSON.stringify([branch.branch, base, forge]);
      const group = groups.get(key) ?? { target: branch, forge, entries: [] };
      group.entries.push(entry);
      groups.set(key, group);
    } catch (error) {
      failures.set(entry.index, { kind: "failed", error: summarizeError(error) });
    }
  }
  return [...groups.values()];
}

/** A pull request goes from a branch of its own to one that is there. */
function requireTwoBranches(
  target: string,
  { branch, base }: BranchTarget,
  advertisement: RefAdvertisement,
): void {
  if (branch === base) {
    const message = `${target}: a pull request needs a branch of its own to merge into ${base}, and none is named`;
    throw new WriteBackError("invalid-branch", message, { target, branch });
  }
  findStart(target, { branch: base, base }, advertisement);
}
