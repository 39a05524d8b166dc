import { WriteBackError, type WriteResult } from "@image-updater/core";
import {
  branchRef,
  type BranchStart,
  type BranchTarget,
  findStart,
  type ObjectStore,
  type PushReport,
  type PushRequest,
  readCommitPoint,
  type RefAdvertisement,
  treeSourceOf,
  ZERO_OID,
} from "@image-updater/git-remote";
import { pathsOf } from "../change/apply-change.js";
import { commitChanges, type CommittedChanges } from "../change/commit-changes.js";
import { rebuildBranch } from "./rebuild-branch.js";
import { retryUntilDeadline, type Attempt } from "../retry.js";
import type { BranchWork } from "./write-branch.js";
import { summarizeFailure, writeBackFailure } from "../write-back-failure.js";

/** Commits that are ready to be pushed. */
export interface PreparedPush extends CommittedChanges {
  readonly objects: ObjectStore;
  /** Whether they take the place of what the branch holds, instead of following it. */
  readonly replaces: boolean;
}

/** A push whose answer was lost: it may have arrived, and others may have pushed on top of it. */
interface UnansweredPush {
  /** Commit that the branch was at. */
  readonly start: string;
  readonly batch: PreparedPush;
}

/**
 * Commits changes on top of a branch and pushes them together. Answers one result per change and never
 * throws.
 *
 * The push is a compare-and-swap: when somebody else was faster, the edits are applied again to the
 * bytes that are there now.
 */
export async function pushBranch(
  work: BranchWork,
  seen: RefAdvertisement | undefined,
): Promise<readonly WriteResult[]> {
  // Good for one attempt: after a lost race the branch is somewhere else.
  let known: RefAdvertisement | undefined = seen;
  let batch: PreparedPush | undefined;
  const unanswered: UnansweredPush[] = [];
  let mayReplace = work.rebuild === true;
  const { remote, target, limits } = work;
  try {
    return await retryUntilDeadline(limits, async () => {
      const advertisement = known ?? (await remote.advertise([target], limits.signal));
      known = undefined;
      const arrived = await findArrived(work, unanswered, advertisement);
      if (arrived !== undefined) return { kind: "done", value: arrived.results };
      const start = findStart(remote.target, target, advertisement);
      batch = await prepare(work, start, advertisement, mayReplace);
      if (batch.written.length === 0) return { kind: "done", value: batch.results };
      const attempt = await pushBatch(work, start, batch, unanswered);
      // A server may take no replacement, but another commit all the same.
      if (attempt.kind === "again" && attempt.error.code === "rejected") mayReplace = false;
      return attempt;
    });
  } catch (error) {
    return failedResults(work, batch?.results, error);
  }
}

async function prepare(
  work: BranchWork,
  start: BranchStart,
  advertisement: RefAdvertisement,
  mayReplace: boolean,
): Promise<PreparedPush> {
  if (mayReplace && start.exists) {
    const rebuilt = await rebuildBranch(work, start.oid, advertisement);
    if (rebuilt !== undefined) return rebuilt;
  }
  const { remote, changes, limits, target } = work;
  const paths = changes.flatMap((change) => pathsOf(change));
  const { features } = advertisement;
  const objects = await remote.fetch({ oid: start.oid, paths, features }, limits.signal);
  const source = treeSourceOf(remote, objects);
  const point = await readCommitPoint(objects, start.oid);
  const context = { settings: work, branch: target.branch, now: limits.clock.now() };
  const committed = await commitChanges(source, point, changes, context);
  return { ...committed, objects, replaces: false };
}

async function pushBatch(
  work: BranchWork,
  start: BranchStart,
  batch: PreparedPush,
  unanswered: UnansweredPush[],
): Promise<Attempt<readonly WriteResult[]>> {
  const { remote, target, limits } = work;
  const { results, tip, written, objects, replaces } = batch;
  const ref = branchRef(target.branch);
  const expected = start.exists ? start.oid : undefined;
  const move = { ref, expected: expected ?? ZERO_OID, next: tip.commit };
  const pack: PushRequest["pack"] = (form) => objects.pack(written, form);
  const outcome = await remote.push({ ...move, pack }, limits.signal).catch(unknownOutcome);
  if (!(outcome instanceof Error) && outcome.kind === "accepted") {
    return { kind: "done", value: results };
  }
  const isReported = !(outcome instanceof Error) && outcome.kind === "refused";
  if (!isReported) unanswered.push({ start: start.oid, batch });
  const advertisement = await remote.advertise([target], limits.signal);
  const now = tipOf(advertisement, target);
  if (now === tip.commit) return { kind: "done", value: results };
  if (!isReported) {
    const arrived = await findArrived(work, unanswered, advertisement);
    if (arrived !== undefined) return { kind: "done", value: arrived.results };
  }
  if (outcome instanceof Error) return { kind: "again", error: outcome };
  if (now !== expected) {
    const error = lostRace(remote.target, target.branch, limits.deadlineMs);
    return { kind: "again", error, ahead: await countAhead(work, start, advertisement) };
  }
  const error = rejection(remote.target, target.branch, outcome);
  if (replaces) return { kind: "again", error };
  throw error;
}

/** How many commits others pushed since a branch was looked at; `undefined` where that cannot be told. */
async function countAhead(
  { remote, target, limits }: BranchWork,
  { oid: base }: BranchStart,
  advertisement: RefAdvertisement,
): Promise<number | undefined> {
  const tip = tipOf(advertisement, target);
  if (tip === undefined) return undefined;
  const range = { tip, base, features: advertisement.features };
  // Only pauses depend on it.
  const commits = await remote.commitsBeyond(range, limits.signal).catch(() => undefined);
  return commits?.length;
}

/** The push that arrived although nobody said so. */
async function findArrived(
  { remote, target, limits }: BranchWork,
  unanswered: readonly UnansweredPush[],
  advertisement: RefAdvertisement,
): Promise<PreparedPush | undefined> {
  const { features } = advertisement;
  const tip = tipOf(advertisement, target);
  for (const { start, batch } of unanswered) {
    if (tip === batch.tip.commit) return batch;
    if (tip === undefined || tip === start) continue;
    const commits = await remote.commitsBeyond({ tip, base: start, features }, limits.signal);
    if (commits?.some(({ oid }) => oid === batch.tip.commit) === true) return batch;
  }
  return undefined;
}

function tipOf({ refs }: RefAdvertisement, { branch }: BranchTarget): string | undefined {
  return refs.get(branchRef(branch));
}

/** Keeps an error after which the push may or may not have arrived; the tip of the branch tells. */
function unknownOutcome(cause: unknown): WriteBackError {
  const error = writeBackFailure(cause);
  const isUnknown =
    WriteBackError.is(error) && (error.retryable || error.code === "invalid-response");
  if (isUnknown) return error;
  throw error;
}

function rejection(
  target: string,
  branch: string,
  report: Exclude<PushReport, { readonly kind: "accepted" }>,
): WriteBackError {
  const { said } = report;
  const reason = report.kind === "refused" ? report.reason : "it does not say why";
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
  { changes, remote }: Pick<BranchWork, "changes" | "remote">,
  applied: readonly WriteResult[] | undefined,
  error: unknown,
): readonly WriteResult[] {
  const summary = summarizeFailure(error, remote.target);
  const failed: WriteResult = { kind: "failed", error: summary };
  return changes.map((_, index) => {
    const result = applied?.[index];
    return result === undefined || result.kind === "written" ? failed : result;
  });
}
