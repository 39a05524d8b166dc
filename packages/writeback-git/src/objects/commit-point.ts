import { ProtocolError } from "../protocol-error.js";
import type { ObjectStore } from "./object-store.js";

/** A commit and its tree. */
export interface CommitPoint {
  readonly commit: string;
  readonly tree: string;
}

/** Finds the tree of a commit. Throws `ProtocolError` when the commit is not there or malformed. */
export async function readCommitPoint(objects: ObjectStore, commit: string): Promise<CommitPoint> {
  const content = Buffer.from(await objects.read("commit", commit)).toString("latin1");
  const tree = /^tree ([0-9a-f]{40})\n/u.exec(content)?.[1];
  if (tree === undefined) throw new ProtocolError(`commit ${commit} is malformed`);
  return { commit, tree };
}
