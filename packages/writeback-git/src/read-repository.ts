import {
  summarizeError,
  type ReadResult,
  type WriteBackLocation,
  type WriteBackRead,
} from "@image-updater/core";
import { readCommitPoint } from "./objects/commit-point.js";
import type { ObjectStore } from "./objects/object-store.js";
import { readTreeFile } from "./objects/tree-files.js";
import { nameProtocolError } from "./protocol-error.js";
import { findStart, resolveBranch } from "./repository/branch.js";
import type { GitRemote } from "./repository/git-remote.js";
import type { Indexed } from "./repository/group-by-repository.js";
import type { RetryLimits } from "./retry.js";
import type { RefAdvertisement } from "./wire/ref-advertisement.js";
import { advertise, type RepositoryWork } from "./write-repository.js";

interface OpenedTree {
  readonly objects: ObjectStore;
  readonly tree: string;
}

/** Opens the tree that a location is read from. */
type TreeOpener = (location: WriteBackLocation) => Promise<OpenedTree>;

/**
 * Reads files of one repository: from the branch to push if it is there, else from its base.
 *
 * One fetch serves all reads of a commit. Answers results by the reads' place in the caller's list;
 * throws only when the repository's branches cannot be read at all.
 */
export async function readRepository(
  { remote, limits }: Pick<RepositoryWork, "remote" | "limits">,
  entries: readonly Indexed<WriteBackRead>[],
): Promise<ReadonlyMap<number, ReadResult>> {
  const open = createTreeOpener(remote, await advertise(remote, limits), limits);
  const results = new Map<number, ReadResult>();
  for (const { index, item, location } of entries) {
    try {
      const files = await readFiles(remote.target, await open(location), item.paths);
      results.set(index, { kind: "read", files });
    } catch (error) {
      const summary = summarizeError(nameProtocolError(error, remote.target));
      results.set(index, { kind: "failed", error: summary });
    }
  }
  return results;
}

function createTreeOpener(
  remote: GitRemote,
  advertisement: RefAdvertisement,
  { signal }: RetryLimits,
): TreeOpener {
  const opened = new Map<string, Promise<OpenedTree>>();
  const fetchTree = async (ref: string, oid: string): Promise<OpenedTree> => {
    const { capabilities } = advertisement;
    const objects = await remote.fetch({ ref, oid, capabilities }, signal);
    const { tree } = await readCommitPoint(objects, oid);
    return { objects, tree };
  };
  return (location) => {
    const target = resolveBranch(remote.target, location, advertisement);
    const { ref, oid } = findStart(remote.target, target, advertisement);
    const known = opened.get(oid) ?? fetchTree(ref, oid);
    opened.set(oid, known);
    return known;
  };
}

async function readFiles(
  target: string,
  { objects, tree }: OpenedTree,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array | undefined>> {
  const files = new Map<string, Uint8Array | undefined>();
  for (const path of paths) {
    files.set(path, (await readTreeFile({ objects, target }, tree, path))?.content);
  }
  return files;
}
