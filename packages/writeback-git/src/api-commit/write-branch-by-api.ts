import { WriteBackError, type WriteResult } from "@image-updater/core";
import {
  branchRef,
  findStart,
  readCommitPoint,
  type RefAdvertisement,
  treeSourceOf,
} from "@image-updater/git-remote";
import type { ForgeAccess } from "../access/repository-access.js";
import { pathsOf } from "../change/apply-change.js";
import { applyChanges, type EditOutcome } from "../change/apply-changes.js";
import { commitMessage, commitsOf, resultsOf } from "../change/commit-changes.js";
import { splitMessage } from "../change/commit-text.js";
import { retryUntilDeadline, type Attempt } from "../retry.js";
import type { BranchWork } from "../write/write-branch.js";
import { createGithubApi, type ApiCommit, type GithubApi } from "./github-api.js";
import { summarizeFailure } from "../write-back-failure.js";

/** Work on a branch, with the means to commit by an API. */
export type ApiBranchWork = BranchWork & { readonly forge: ForgeAccess };

/**
 * Commits changes to a branch by the API of GitHub, one commit after the other. Answers one result per
 * change and never throws.
 *
 * Each commit names the one it goes on top of; when the branch is elsewhere, the edits are applied
 * again to the files that are there now. After a request without an answer, the branch tells whether
 * the commit was made, so that it is never made twice.
 */
export async function writeBranchByApi(
  work: ApiBranchWork,
  seen: RefAdvertisement | undefined,
): Promise<readonly WriteResult[]> {
  const { clock, deadlineMs } = work.limits;
  const end = clock.now().getTime() + deadlineMs;
  const results: WriteResult[] = [];
  let known = seen;
  for (const changes of commitsOf(work.changes, work)) {
    const limits = { ...work.limits, deadlineMs: Math.max(0, end - clock.now().getTime()) };
    results.push(...(await commitByApi({ ...work, changes, limits }, known)));
    known = undefined;
  }
  return results;
}

/** A commit that GitHub is asked for. */
interface PreparedCommit extends ApiCommit {
  readonly tree: string;
  /** One per change. */
  readonly outcomes: readonly EditOutcome[];
}

async function commitByApi(
  work: ApiBranchWork,
  seen: RefAdvertisement | undefined,
): Promise<readonly WriteResult[]> {
  const { remote, target, limits } = work;
  let known = seen;
  let prepared: PreparedCommit | undefined;
  // Asked for without an answer, so that it may have been made.
  let unanswered: PreparedCommit | undefined;
  try {
    const api = openApi(work);
    return await retryUntilDeadline(limits, async () => {
      const advertisement = known ?? (await remote.advertise([target], limits.signal));
      known = undefined;
      const made = await findCommit(work, unanswered, advertisement);
      if (made !== undefined) return { kind: "done", value: made };
      const start = findStart(remote.target, target, advertisement);
      prepared = await prepare(work, start.oid, advertisement);
      if (prepared.files.size === 0)
        return { kind: "done", value: resultsOf(prepared.outcomes, unchanged) };
      if (!start.exists) await api.createBranch(start.oid);
      const answer = await api.createCommit(prepared).catch(unknownOutcome);
      if (!(answer instanceof Error))
        return { kind: "done", value: written(work, prepared, answer) };
      unanswered = prepared;
      return lookAgain(work, unanswered, answer);
    });
  } catch (error) {
    const failed = failure(work, error);
    return prepared === undefined ? work.changes.map(failed) : resultsOf(prepared.outcomes, failed);
  }
}

function openApi({ forge, remote, target, limits }: ApiBranchWork): GithubApi {
  const { branch } = target;
  return createGithubApi({ forge, target: remote.target, branch, limits });
}

async function prepare(
  work: ApiBranchWork,
  parent: string,
  { features }: RefAdvertisement,
): Promise<PreparedCommit> {
  const { remote, changes, limits } = work;
  const paths = changes.flatMap((change) => pathsOf(change));
  const objects = await remote.fetch({ oid: parent, paths, features }, limits.signal);
  const start = await readCommitPoint(objects, parent);
  const source = treeSourceOf(remote, objects);
  const { edited, files, tree, outcomes } = await applyChanges(source, start.tree, changes);
  return { parent, files, tree, outcomes, ...splitMessage(commitMessage(edited, work)) };
}

/** Keeps an error after which the commit may or may not have been made. */
function unknownOutcome(error: unknown): WriteBackError {
  const isUnknown = WriteBackError.is(error) && UNKNOWN.has(error.code);
  if (isUnknown) return error;
  throw error;
}

const UNKNOWN: ReadonlySet<string> = new Set(["unavailable", "timeout", "invalid-response"]);

async function lookAgain(
  work: ApiBranchWork,
  unanswered: PreparedCommit,
  error: WriteBackError,
): Promise<Attempt<readonly WriteResult[]>> {
  const advertisement = await work.remote.advertise([work.target], work.limits.signal);
  const made = await findCommit(work, unanswered, advertisement);
  // If it is still being made, the next one has the same parent, and only one of them can have it.
  return made === undefined ? { kind: "again", error } : { kind: "done", value: made };
}

/** The results of a commit that was made, though nobody said so; others may have pushed since. */
async function findCommit(
  work: ApiBranchWork,
  unanswered: PreparedCommit | undefined,
  { refs, features }: RefAdvertisement,
): Promise<readonly WriteResult[] | undefined> {
  const tip = refs.get(branchRef(work.target.branch));
  if (unanswered === undefined || tip === undefined || tip === unanswered.parent) return undefined;
  const { parent, tree, subject } = unanswered;
  const range = { tip, base: parent, features };
  const commits = await work.remote.commitsBeyond(range, work.limits.signal);
  const made = commits?.find(
    (commit) =>
      commit.tree === tree &&
      commit.parents.join() === parent &&
      splitMessage(commit.message).subject === subject,
  );
  return made && written(work, unanswered, made.oid);
}

function written(
  { target }: ApiBranchWork,
  { outcomes }: PreparedCommit,
  revision: string,
): readonly WriteResult[] {
  const { branch } = target;
  return resultsOf(outcomes, (paths) => ({ kind: "written", revision, branch, paths }));
}

function unchanged(): WriteResult {
  return { kind: "unchanged" };
}

function failure({ remote }: ApiBranchWork, cause: unknown): () => WriteResult {
  const error = summarizeFailure(cause, remote.target);
  return () => ({ kind: "failed", error });
}
