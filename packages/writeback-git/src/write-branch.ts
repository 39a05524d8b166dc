import {
  summarizeError,
  WriteBackError,
  type CommitAuthor,
  type WriteBackChange,
  type WriteResult,
} from "@image-updater/core";
import { applyChange, pathsOf } from "./change/apply-change.js";
import { readCommitPoint, type CommitPoint } from "./objects/commit-point.js";
import type { ObjectStore } from "./objects/object-store.js";
import { nameProtocolError } from "./protocol-error.js";
import { branchRef, findStart, type BranchStart, type BranchTarget } from "./repository/branch.js";
import type { GitRemote } from "./repository/git-remote.js";
import { retryUntilDeadline, type Attempt, type RetryLimits } from "./retry.js";
import { ZERO_OID, type PushReport } from "./wire/receive-pack.js";
import type { RefAdvertisement } from "./wire/ref-advertisement.js";

/** What is written to one branch, and by whom. */
export interface BranchWork {
  readonly remote: GitRemote;
  readonly target: BranchTarget;
  readonly changes: readonly WriteBackChange[];
  readonly author: CommitAuthor;
  readonly limits: RetryLimits;
}

/** Changes applied to the files of one commit, not yet pushed. */
interface AppliedBatch {
  readonly results: readonly WriteResult[];
  readonly tip: CommitPoint;
  readonly written: readonly string[];
  readonly objects: ObjectStore;
}

/**
 * Commits changes on top of a branch, one commit each, and pushes them together.
 *
 * Answers one result per change and never throws. The push is a compare-and-swap: when somebody else
 * was faster, the edits are applied again to the bytes that are there now.
 */
export async function writeBranch(
  work: BranchWork,
  seen: RefAdvertisement | undefined,
): Promise<readonly WriteResult[]> {
  // Good for one attempt: after a lost race the branch is somewhere else.
  let known: RefAdvertisement | undefined = seen;
  let batch: AppliedBatch | undefined;
  const { remote, target, limits } = work;
  const paths = work.changes.flatMap((change) => pathsOf(change));
  try {
    return await retryUntilDeadline(limits, async () => {
      const advertisement = known ?? (await remote.advertise([target], limits.signal));
      known = undefined;
      // A push whose answer was lost may have arrived all the same.
      if (batch !== undefined && tipOf(advertisement, target) === batch.tip.commit) {
        return { kind: "done", value: batch.results };
      }
      const start = findStart(remote.target, target, advertisement);
      const { features } = advertisement;
      const objects = await remote.fetch({ oid: start.oid, paths, features }, limits.signal);
      batch = await applyBatch(work, start, objects);
      if (batch.written.length === 0) return { kind: "done", value: batch.results };
      return pushBatch(work, start, batch);
    });
  } catch (error) {
    return failedResults(work, batch?.results, error);
  }
}

async function applyBatch(
  { remote, changes, author, limits, target }: BranchWork,
  start: BranchStart,
  objects: ObjectStore,
): Promise<AppliedBatch> {
  const source = { objects, target: remote.target };
  const context = { author, now: limits.clock.now() };
  const results: WriteResult[] = [];
  const written: string[] = [];
  let tip = await readCommitPoint(objects, start.oid);
  for (const change of changes) {
    try {
      const applied = await applyChange(source, tip, change, context);
      if (applied.kind === "unchanged") {
        results.push({ kind: "unchanged" });
        continue;
      }
      tip = applied.point;
      written.push(...applied.written);
      results.push({
        kind: "written",
        revision: tip.commit,
        branch: target.branch,
        paths: applied.paths,
      });
    } catch (error) {
      results.push({
        kind: "failed",
        error: summarizeError(nameProtocolError(error, remote.target)),
      });
    }
  }
  return { results, tip, written, objects };
}

async function pushBatch(
  { remote, target, limits }: BranchWork,
  start: BranchStart,
  { results, tip, written, objects }: AppliedBatch,
): Promise<Attempt<readonly WriteResult[]>> {
  const ref = branchRef(target.branch);
  const expected = start.exists ? start.oid : undefined;
  const command = { ref, expected: expected ?? ZERO_OID, next: tip.commit };
  const pack = await objects.pack(written);
  const outcome = await remote.push({ ...command, pack }, limits.signal).catch(unknownOutcome);
  if (!(outcome instanceof Error) && outcome.kind === "accepted") {
    return { kind: "done", value: results };
  }
  const now = tipOf(await remote.advertise([target], limits.signal), target);
  if (now === tip.commit) return { kind: "done", value: results };
  if (outcome instanceof Error) return { kind: "again", error: outcome };
  if (now === expected) throw rejection(remote.target, target.branch, outcome);
  return { kind: "again", error: lostRace(remote.target, target.branch, limits.deadlineMs) };
}

function tipOf({ refs }: RefAdvertisement, { branch }: BranchTarget): string | undefined {
  return refs.get(branchRef(branch));
}

/** Keeps an error after which the push may or may not have arrived; the tip of the branch tells. */
function unknownOutcome(error: unknown): WriteBackError {
  const isUnknown =
    WriteBackError.is(error) && (error.retryable || error.code === "invalid-response");
  if (isUnknown) return error;
  throw error;
}

function rejection(
  target: string,
  branch: string,
  { reason, said }: Extract<PushReport, { readonly kind: "refused" }>,
): WriteBackError {
  const words = said === "" ? reason : `${reason}: ${said}`;
  const message = `${target} rejected the push to ${branch}: ${words}`;
  return new WriteBackError("rejected", message, { target, branch });
}

function lostRace(target: string, branch: string, deadlineMs: number): WriteBackError {
  const message = `others kept pushing to ${branch} of ${target}; gave up after ${deadlineMs} ms`;
  return new WriteBackError("conflict", message, { target, branch });
}

/** What was refused by itself keeps its own error; the rest shares that of the branch. */
function failedResults(
  { changes, remote }: BranchWork,
  applied: readonly WriteResult[] | undefined,
  error: unknown,
): readonly WriteResult[] {
  const summary = summarizeError(nameProtocolError(error, remote.target));
  const failed: WriteResult = { kind: "failed", error: summary };
  return changes.map((_, index) => {
    const result = applied?.[index];
    return result === undefined || result.kind === "written" ? failed : result;
  });
}
