import {
  WriteBackError,
  type ForgeKind,
  type WriteBackChange,
  type WriteResult,
} from "@image-updater/core";
import {
  type BranchTarget,
  findStart,
  type RefAdvertisement,
  resolveBranch,
} from "@image-updater/git-remote";
import { openForge } from "../forge/open-forge.js";
import { writePullRequest } from "../forge/write-pull-request.js";
import type { Indexed } from "./group-by-repository.js";
import { advertise, DEFAULT_PULL_REQUESTS, type RepositoryWork } from "./repository-work.js";
import { writeBranch, type BranchWork } from "./write-branch.js";
import { summarizeFailure } from "../write-back-failure.js";

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
    const isShared = groups.some((other) => isOfSameBranch(other, group));
    const written = await writeGroup({ ...work, rebuild: !isShared }, group, wanted, advertisement);
    for (const [index, result] of written.entries()) {
      const entry = group.entries[index];
      if (entry !== undefined) results.set(entry.index, result);
    }
    // What was just pushed may be the base of the next branch.
    advertisement = undefined;
  }
  return results;
}

function isOfSameBranch(one: BranchGroup, other: BranchGroup): boolean {
  return one !== other && one.target.branch === other.target.branch;
}

async function writeGroup(
  { rebuild, ...work }: RepositoryWork & Required<Pick<BranchWork, "rebuild">>,
  { target, forge: kind, entries }: BranchGroup,
  wanted: ReadonlySet<string>,
  advertisement: RefAdvertisement | undefined,
): Promise<readonly WriteResult[]> {
  const changes = entries.map(({ item }) => item);
  const branchWork = { ...work, target, changes };
  if (kind === undefined) return writeBranch(branchWork, advertisement);
  const { remote, limits, forge: access, pullRequests = DEFAULT_PULL_REQUESTS } = work;
  try {
    const repository = remote.target;
    const forge = openForge(kind, { ...pullRequests, repository, access, limits });
    // Nobody is to build on a branch that is only there to be merged: it follows its base. But what
    // others of this call write to it is not to be lost.
    const push = async (): Promise<readonly WriteResult[]> =>
      writeBranch({ ...branchWork, rebuild }, advertisement);
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
    return changes.map(() => ({ kind: "failed", error: summarizeFailure(error) }));
  }
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
      failures.set(entry.index, { kind: "failed", error: summarizeFailure(error) });
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
