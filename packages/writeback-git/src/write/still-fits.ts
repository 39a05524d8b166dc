import { WriteBackError } from "@image-updater/core";
import {
  type CommitFacts,
  type ListedCommit,
  ProtocolError,
  readCommitPoint,
  readTreeFile,
  type RemoteFetch,
  type ServerFeatures,
  type TreeSource,
  treeSourceOf,
} from "@image-updater/git-remote";
import { pathsOf } from "../change/apply-change.js";
import { applyChanges, type AppliedChanges } from "../change/apply-changes.js";
import { writeBackFailure } from "../write-back-failure.js";
import type { BranchWork } from "./write-branch.js";

/** A branch as it is. */
export interface PresentBranch {
  readonly tip: CommitFacts;
  /** Its commits beyond the base, its tip first. */
  readonly commits: readonly ListedCommit[];
  readonly features: ServerFeatures;
}

/** A base, and what changes make of it. */
export interface WantedOnBase {
  readonly source: TreeSource;
  readonly tree: string;
  readonly wanted: AppliedChanges;
}

/**
 * Whether a branch that fell behind its base may stay as it is: it holds what the changes made of the
 * commit that it started from and nothing else, and the files that they edit are the same on the base
 * as they were there. Then it merges, and what comes of that is what the changes would make of the base.
 *
 * `false` also where that commit cannot be told, or cannot be read.
 */
export async function stillFits(
  work: BranchWork,
  branch: PresentBranch,
  { source, tree, wanted }: WantedOnBase,
): Promise<boolean> {
  const start = await openStart(work, branch).catch(unlessItMayPass);
  if (start === undefined) return false;
  const made = await applyChanges(start.source, start.tree, work.changes);
  if (made.tree !== branch.tip.tree || !isSame(made.files, wanted.files)) return false;
  for (const path of made.files.keys()) {
    const before = await readTreeFile(start.source, start.tree, path);
    const now = await readTreeFile(source, tree, path);
    if (before?.mode !== now?.mode || !isSameContent(before?.content, now?.content)) return false;
  }
  return true;
}

interface BranchStart {
  readonly source: TreeSource;
  readonly tree: string;
}

/** Opens the commit that a branch started from; `undefined` where there is not exactly one. */
async function openStart(
  { remote, changes, limits }: BranchWork,
  { commits, features }: PresentBranch,
): Promise<BranchStart | undefined> {
  const own = new Set(commits.map(({ oid }) => oid));
  const parents = new Set(commits.flatMap((commit) => commit.parents));
  const [start, ...others] = [...parents].filter((oid) => !own.has(oid));
  const [tip] = commits;
  if (start === undefined || tip === undefined || others.length > 0) return undefined;
  const paths = changes.flatMap((change) => pathsOf(change));
  const history: RemoteFetch["history"] = { tip: tip.oid, depth: commits.length + 1 };
  const objects = await remote.fetch({ oid: start, history, paths, features }, limits.signal);
  const { tree } = await readCommitPoint(objects, start);
  return { source: treeSourceOf(remote, objects), tree };
}

/** A server that does not send what is not the tip of a branch never does. */
function unlessItMayPass(cause: unknown): undefined {
  if (cause instanceof ProtocolError) return undefined;
  const error = writeBackFailure(cause);
  const isFinal = WriteBackError.is(error) && !error.retryable && error.code !== "cancelled";
  if (isFinal) return undefined;
  throw error;
}

function isSame(one: AppliedChanges["files"], other: AppliedChanges["files"]): boolean {
  return (
    one.size === other.size &&
    [...one].every(([path, { oid, mode }]) => {
      const same = other.get(path);
      return same?.oid === oid && same.mode === mode;
    })
  );
}

function isSameContent(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Buffer.compare(one, other) === 0;
}
