import type { WriteBackChange } from "@image-updater/core";
import {
  type BranchTarget,
  findStart,
  type GitRemote,
  readCommitPoint,
  treeSourceOf,
} from "@image-updater/git-remote";
import { pathsOf } from "../change/apply-change.js";
import { applyChanges } from "../change/apply-changes.js";

/** A base branch, and what is wanted of it. */
export interface BaseQuestion {
  readonly remote: GitRemote;
  readonly target: BranchTarget;
  readonly changes: readonly WriteBackChange[];
  readonly signal: AbortSignal | undefined;
}

/** Whether the base of a branch already holds what changes ask for, so that nothing is left to merge. */
export async function baseHolds(question: BaseQuestion): Promise<boolean> {
  const { remote, target, changes, signal } = question;
  const { base } = target;
  const advertisement = await remote.advertise([{ base, branch: base }], signal);
  const { oid } = findStart(remote.target, { base, branch: base }, advertisement);
  const paths = changes.flatMap((change) => pathsOf(change));
  const { features } = advertisement;
  const objects = await remote.fetch({ oid, paths, features }, signal);
  const { tree } = await readCommitPoint(objects, oid);
  const applied = await applyChanges(treeSourceOf(remote, objects), tree, changes);
  return applied.outcomes.every(({ kind }) => kind === "unchanged");
}
