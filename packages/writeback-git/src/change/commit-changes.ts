import { type CommitAuthor, type WriteBackChange, type WriteResult } from "@image-updater/core";
import type { CommitPoint, TreeSource } from "@image-updater/git-remote";
import { signCommit } from "../signing/sign-commit.js";
import type { Signer } from "../signing/signer.js";
import { applyChanges, type AppliedChanges, type EditOutcome } from "./apply-changes.js";
import { authorOf, cleanAuthor, commitIdentity, messageOfChanges } from "./commit-text.js";
import { addSignOff } from "./sign-off.js";
import { summarizeFailure } from "../write-back-failure.js";

/** How commits are made. */
export interface CommitSettings {
  /** Who commits where a change names nobody. */
  readonly author: CommitAuthor;
  readonly signer?: Signer | undefined;
  /** Whether messages end in `Signed-off-by`. Default: false. */
  readonly signOff?: boolean | undefined;
  /** Which changes of a branch share a commit. Default: `per-application`. */
  readonly commits?: "per-application" | "one" | undefined;
}

/** Where commits go, and when they are made. */
export interface CommitContext {
  readonly settings: CommitSettings;
  readonly branch: string;
  readonly now: Date;
}

/** Commits on top of another one, not yet pushed. */
export interface CommittedChanges {
  /** One per change, in order. */
  readonly results: readonly WriteResult[];
  readonly tip: CommitPoint;
  /** Every object that the server may lack. */
  readonly written: readonly string[];
}

/** Applies changes on top of a commit and commits the outcome; never throws. */
export async function commitChanges(
  source: TreeSource,
  start: CommitPoint,
  changes: readonly WriteBackChange[],
  context: CommitContext,
): Promise<CommittedChanges> {
  const results: WriteResult[] = [];
  const written: string[] = [];
  let tip = start;
  for (const together of commitsOf(changes, context.settings)) {
    const applied = await applyChanges(source, tip.tree, together);
    const committed = await commitApplied(source, tip, applied, context);
    results.push(...committed.results);
    written.push(...committed.written);
    ({ tip } = committed);
  }
  return { results, tip, written };
}

/** Changes by the commit they share. */
export function commitsOf(
  changes: readonly WriteBackChange[],
  { commits = "per-application" }: Pick<CommitSettings, "commits">,
): readonly (readonly WriteBackChange[])[] {
  return commits === "one" ? [changes] : changes.map((change) => [change]);
}

/** The message of a commit, tidy, with the sign-off that is asked for. */
export function commitMessage(
  changes: readonly WriteBackChange[],
  { author, signOff = false }: CommitSettings,
): string {
  const message = messageOfChanges(changes);
  return signOff ? addSignOff(message, cleanAuthor(authorOf(changes, author))) : message;
}

/** One result per outcome; what was edited became `edited`. */
export function resultsOf(
  outcomes: readonly EditOutcome[],
  edited: (paths: readonly string[]) => WriteResult,
): readonly WriteResult[] {
  return outcomes.map((outcome) => (outcome.kind === "edited" ? edited(outcome.paths) : outcome));
}

async function commitApplied(
  source: TreeSource,
  parent: CommitPoint,
  { edited, outcomes, tree, written }: AppliedChanges,
  { settings, branch, now }: CommitContext,
): Promise<CommittedChanges> {
  const nothing = { tip: parent, written: [] };
  if (edited.length === 0) return { ...nothing, results: resultsOf(outcomes, unchanged) };
  try {
    const identity = commitIdentity(authorOf(edited, settings.author), now);
    const message = commitMessage(edited, settings);
    const parts = { tree, parent: parent.commit, author: identity, committer: identity, message };
    const bytes = await signCommit(parts, settings.signer, source.target);
    const commit = await source.objects.write("commit", bytes);
    const results = resultsOf(outcomes, (paths) => ({
      kind: "written",
      revision: commit,
      branch,
      paths,
    }));
    return { results, tip: { commit, tree }, written: [...written, commit] };
  } catch (error) {
    const failed: WriteResult = { kind: "failed", error: summarizeFailure(error) };
    return { ...nothing, results: resultsOf(outcomes, () => failed) };
  }
}

function unchanged(): WriteResult {
  return { kind: "unchanged" };
}
