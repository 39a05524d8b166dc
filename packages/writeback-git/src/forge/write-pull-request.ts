import {
  WriteBackError,
  type CommitAuthor,
  type PullRequestSummary,
  type WriteBackChange,
  type WriteResult,
} from "@image-updater/core";
import type { BranchTarget, GitRemote } from "@image-updater/git-remote";
import { baseHolds } from "./base-holds.js";
import type { Forge, ForgePullRequest } from "./forge.js";
import { isClosedByUs, isSameBody, requestText, titleToSet } from "./request-text.js";
import { isSameLabel } from "./same-label.js";
import { supersede } from "./supersede.js";
import { summarizeFailure } from "../write-back-failure.js";

/** Changes that go to one branch, and the forge that is to be asked to merge it. */
export interface PullRequestWork {
  readonly remote: GitRemote;
  readonly forge: Forge;
  readonly target: BranchTarget;
  readonly changes: readonly WriteBackChange[];
  readonly author: CommitAuthor;
  /** What becomes of open pull requests of the same target whose place this one takes. */
  readonly supersede: "close" | "keep";
  /** Branches that others of the same call write to: their pull requests are not superseded. */
  readonly wanted: ReadonlySet<string>;
  /** Writes the changes to the branch; answers one result per change and never throws. */
  readonly push: () => Promise<readonly WriteResult[]>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Writes changes to a branch of their own and has one pull request open for it.
 *
 * Answers one result per change and never throws. A pull request that is there is brought up to date;
 * one that a person closed without merging it is left alone, and so is its branch. What cannot be
 * labelled or superseded is a note of the results.
 */
export async function writePullRequest(work: PullRequestWork): Promise<readonly WriteResult[]> {
  const { forge, target, changes, signal } = work;
  let results: readonly WriteResult[] | undefined;
  try {
    const { branch: head, base } = target;
    const known = await forge.list({ head, base, state: "all" }, signal);
    const closed = closedByPerson(known);
    if (closed !== undefined) return changes.map(() => leftAlone(closed));
    results = await work.push();
    return await haveRequest(work, known, results);
  } catch (error) {
    return failedResults(work, results, error);
  }
}

/** The newest decides; the list begins with it. */
function closedByPerson(known: readonly ForgePullRequest[]): ForgePullRequest | undefined {
  if (known.some(({ state }) => state === "open")) return undefined;
  const [newest] = known;
  return newest?.state === "closed" && !isClosedByUs(newest.body) ? newest : undefined;
}

function leftAlone(closed: ForgePullRequest): WriteResult {
  const note = `nothing is written: somebody closed pull request ${closed.number} (${closed.url}) for this update without merging it; reopen it to have the update after all`;
  return { kind: "unchanged", pullRequest: summaryOf(closed), notes: [note] };
}

/** Opens the pull request of a branch that is written, or brings it up to date. */
async function haveRequest(
  work: PullRequestWork,
  known: readonly ForgePullRequest[],
  results: readonly WriteResult[],
): Promise<readonly WriteResult[]> {
  const changes = work.changes.filter((_, index) => results[index]?.kind !== "failed");
  if (changes.length === 0) return results;
  const present = known.find(({ state }) => state === "open");
  const isWritten = results.some(({ kind }) => kind === "written");
  if (present === undefined && !isWritten && (await baseHolds({ ...work, changes }))) {
    const [newest] = known;
    return newest?.state === "merged" ? withRequest(results, newest, []) : results;
  }
  const current = present ?? (await open({ ...work, changes }));
  if (current === undefined) return withNotes(results, [nothingToMerge(work.target)]);
  // What was opened just now says what it should, however the forge writes it.
  if (current === present) await updateText(work, current, changes);
  const notes = [...(await addLabels(work, current, changes)), ...(await supersede(work, current))];
  return withRequest(results, current, notes);
}

/** Answers `undefined` when there is nothing to merge. */
async function open({
  forge,
  target: { branch: head, base },
  changes,
  remote,
  signal,
}: PullRequestWork): Promise<ForgePullRequest | undefined> {
  const draft = { head, base, ...requestText(changes), labels: labelsOf(changes) };
  const answer = await forge.open(draft, signal);
  if (answer.kind === "nothing") return undefined;
  if (answer.kind === "opened") return answer.pullRequest;
  // Somebody else was faster, or an earlier answer was lost.
  const [found] = await forge.list({ head, base, state: "open" }, signal);
  if (found !== undefined) return found;
  const message = `${remote.target}: ${forge.name} says that ${head} has a pull request already, and shows none`;
  throw new WriteBackError("rejected", message, { target: remote.target, branch: head });
}

async function updateText(
  { forge, signal }: PullRequestWork,
  present: ForgePullRequest,
  changes: readonly WriteBackChange[],
): Promise<void> {
  const wanted = requestText(changes);
  const title = titleToSet(present.title, wanted.title);
  const body = isSameBody(present.body, wanted.body) ? undefined : wanted.body;
  if (title === undefined && body === undefined) return;
  await forge.update(present.number, { title, body }, signal);
}

async function addLabels(
  { forge, signal }: PullRequestWork,
  { number, labels }: ForgePullRequest,
  changes: readonly WriteBackChange[],
): Promise<readonly string[]> {
  const missing = labelsOf(changes).filter(
    (label) => !labels.some((present) => isSameLabel(present, label)),
  );
  if (missing.length === 0) return [];
  try {
    await forge.update(number, { addLabels: missing }, signal);
    return [];
  } catch (error) {
    const { message } = summarizeFailure(error);
    return [`pull request ${number} lacks the labels ${missing.join(", ")}: ${message}`];
  }
}

/** The labels of all changes, each once. */
function labelsOf(changes: readonly WriteBackChange[]): readonly string[] {
  const labels: string[] = [];
  for (const label of changes.flatMap(({ settings }) => settings.pullRequest?.labels ?? [])) {
    if (!labels.some((present) => isSameLabel(present, label))) labels.push(label);
  }
  return labels;
}

function nothingToMerge({ branch, base }: BranchTarget): string {
  return `no pull request: ${branch} holds the update already, and has no commit that ${base} lacks; remove the branch to have the update made again`;
}

function withRequest(
  results: readonly WriteResult[],
  request: ForgePullRequest,
  notes: readonly string[],
): readonly WriteResult[] {
  const pullRequest = summaryOf(request);
  return withNotes(results, notes).map((result) =>
    result.kind === "failed" ? result : { ...result, pullRequest },
  );
}

function withNotes(
  results: readonly WriteResult[],
  notes: readonly string[],
): readonly WriteResult[] {
  if (notes.length === 0) return results;
  return results.map((result) =>
    result.kind === "failed" ? result : { ...result, notes: [...(result.notes ?? []), ...notes] },
  );
}

function summaryOf({ number, url, state }: ForgePullRequest): PullRequestSummary {
  return { number, url, state };
}

/** What failed by itself keeps its own error; the rest shares that of the pull request. */
function failedResults(
  { changes, remote, target }: PullRequestWork,
  results: readonly WriteResult[] | undefined,
  cause: unknown,
): readonly WriteResult[] {
  const error = summarizeFailure(cause, remote.target);
  return changes.map((_, index) => {
    const result = results?.[index];
    if (result?.kind === "failed") return result;
    if (result?.kind !== "written") return { kind: "failed", error };
    const message = `${error.message}; ${target.branch} is pushed, and the next run tries again to open its pull request`;
    return { kind: "failed", error: { ...error, message } };
  });
}
