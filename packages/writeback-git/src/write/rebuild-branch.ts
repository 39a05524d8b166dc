import {
  branchRef,
  readCommit,
  readCommitPoint,
  type RefAdvertisement,
  treeSourceOf,
} from "@image-updater/git-remote";
import { pathsOf } from "../change/apply-change.js";
import { applyChanges } from "../change/apply-changes.js";
import { commitChanges, resultsOf } from "../change/commit-changes.js";
import { ownCommits } from "../change/own-commits.js";
import type { PreparedPush } from "./push-branch.js";
import { stillFits } from "./still-fits.js";
import type { BranchWork } from "./write-branch.js";

/**
 * Commits changes on top of the base of a branch that is there, to take the place of its commits.
 *
 * Nothing is written when the branch already holds what the edits make of the base, or made of what it
 * started from while the files that they edit are the same on the base: it merges as it is, and whoever
 * approved it approved that. Answers `undefined` when the branch must be extended instead: its base is
 * gone, an edit is refused there, or a commit beyond the base was authored or committed by anybody but
 * the authors of these changes.
 */
export async function rebuildBranch(
  work: BranchWork,
  tip: string,
  advertisement: RefAdvertisement,
): Promise<PreparedPush | undefined> {
  const { remote, target, changes, limits } = work;
  const { refs, features } = advertisement;
  const base = refs.get(branchRef(target.base));
  if (base === undefined || base === tip) return undefined;
  const ours = ownCommits(changes, work.author);
  const branch = await remote.fetch({ oid: tip, paths: [], features }, limits.signal);
  const present = await readCommit(branch, tip);
  if (!ours(present)) return undefined;

  const paths = changes.flatMap((change) => pathsOf(change));
  const objects = await remote.fetch({ oid: base, paths, features }, limits.signal);
  const source = treeSourceOf(remote, objects);
  const start = await readCommitPoint(objects, base);
  const wanted = await applyChanges(source, start.tree, changes);
  const { outcomes, tree } = wanted;
  if (outcomes.some(({ kind }) => kind === "failed")) return undefined;
  const nothing = (): PreparedPush => {
    const results = resultsOf(outcomes, () => ({ kind: "unchanged" }));
    return { results, tip: start, written: [], objects, replaces: false };
  };
  if (tree === start.tree) return nothing();
  const commits = await remote.commitsBeyond({ tip, base, features }, limits.signal);
  if (commits === undefined || !commits.every((commit) => ours(commit))) return undefined;
  const onBase = { source, tree: start.tree, wanted };
  if (await stillFits(work, { tip: present, commits, features }, onBase)) return nothing();
  const context = { settings: work, branch: target.branch, now: limits.clock.now() };
  const committed = await commitChanges(source, start, changes, context);
  if (committed.results.some(({ kind }) => kind === "failed")) return undefined;
  return { ...committed, objects, replaces: true };
}
