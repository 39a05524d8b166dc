import type { WriteBackChange, WriteResult } from "@image-updater/core";
import type { BranchTarget, GitRemote, RefAdvertisement } from "@image-updater/git-remote";
import type { ForgeAccess } from "../access/repository-access.js";
import { writeBranchByApi } from "../api-commit/write-branch-by-api.js";
import type { CommitSettings } from "../change/commit-changes.js";
import { pushBranch } from "./push-branch.js";
import type { RetryLimits } from "../retry.js";

/** What is written to one branch, by whom and how. */
export interface BranchWork extends CommitSettings {
  readonly remote: GitRemote;
  readonly target: BranchTarget;
  readonly changes: readonly WriteBackChange[];
  readonly limits: RetryLimits;
  /** What makes commits: a push, or the API of GitHub, for GitHub Apps only. Default: `git`. */
  readonly commitMethod?: "git" | "api" | undefined;
  /** Needed to commit by an API. */
  readonly forge?: ForgeAccess | undefined;
  /**
   * Whether a branch that is there starts anew from its base. Only a branch whose every commit beyond
   * the base is ours does; any other one is extended, as without it. Never with `api`.
   */
  readonly rebuild?: boolean | undefined;
}

/**
 * Writes changes to a branch. Answers one result per change and never throws.
 *
 * `seen` is what is known of the branch, if it was just looked up. Where there is no API to commit by,
 * it pushes, and a note of the results says so.
 */
export async function writeBranch(
  work: BranchWork,
  seen: RefAdvertisement | undefined,
): Promise<readonly WriteResult[]> {
  const { commitMethod = "git", forge } = work;
  if (commitMethod === "git") return pushBranch(work, seen);
  if (forge?.kind === "github-app") return writeBranchByApi({ ...work, forge }, seen);
  const results = await pushBranch(work, seen);
  return results.map((result) => withNote(result, WITHOUT_API));
}

const WITHOUT_API =
  "committed by Git, not by the API of GitHub: that needs the credential of a GitHub App";

function withNote(result: WriteResult, note: string): WriteResult {
  if (result.kind !== "written") return result;
  return { ...result, notes: [...(result.notes ?? []), note] };
}
