import { decodeCommit, type CommitFacts } from "./commit-object.js";
import type { ObjectStore } from "./object-store.js";

/** A commit and its tree. */
export interface CommitPoint {
  readonly commit: string;
  readonly tree: string;
}

/** Finds the tree of a commit. Throws `ProtocolError` when the commit is not there or malformed. */
export async function readCommitPoint(objects: ObjectStore, commit: string): Promise<CommitPoint> {
  const { tree } = await readCommit(objects, commit);
  return { commit, tree };
}

/** Reads a commit. Throws `ProtocolError` when it is not there or malformed. */
export async function readCommit(objects: ObjectStore, commit: string): Promise<CommitFacts> {
  return decodeCommit(commit, await objects.read("commit", commit));
}
