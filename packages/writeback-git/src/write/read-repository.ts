import { type ReadResult, type WriteBackRead } from "@image-updater/core";
import {
  findStart,
  type GitRemote,
  readCommitPoint,
  readTreeFile,
  type RefAdvertisement,
  resolveBranch,
  type TreeSource,
  treeSourceOf,
} from "@image-updater/git-remote";
import type { Indexed } from "./group-by-repository.js";
import type { RetryLimits } from "../retry.js";
import { advertise, type RepositoryWork } from "./repository-work.js";
import { summarizeFailure } from "../write-back-failure.js";

/** Reads that start from one commit. */
type ReadsOfCommit = readonly Indexed<WriteBackRead>[];

/**
 * Reads files of one repository: from the branch to push if it is there, else from its base.
 *
 * All reads of a commit are fetched together. Answers results by the reads' place in the caller's
 * list; throws only when the repository's branches cannot be read at all.
 */
export async function readRepository(
  { remote, limits }: Pick<RepositoryWork, "remote" | "limits">,
  entries: readonly Indexed<WriteBackRead>[],
): Promise<ReadonlyMap<number, ReadResult>> {
  const locations = entries.map(({ location }) => location);
  const advertisement = await advertise(remote, locations, limits);
  const results = new Map<number, ReadResult>();
  const fail = (index: number, error: unknown): void => {
    const summary = summarizeFailure(error, remote.target);
    results.set(index, { kind: "failed", error: summary });
  };
  for (const [oid, reads] of groupByCommit(remote.target, entries, advertisement, fail)) {
    try {
      const open = await openCommit(remote, oid, reads, advertisement, limits);
      for (const { index, item } of reads) {
        await readFiles(open, item.paths).then(
          (files) => results.set(index, { kind: "read", files }),
          (error: unknown) => fail(index, error),
        );
      }
    } catch (error) {
      for (const { index } of reads) fail(index, error);
    }
  }
  return results;
}

function groupByCommit(
  target: string,
  entries: readonly Indexed<WriteBackRead>[],
  advertisement: RefAdvertisement,
  fail: (index: number, error: unknown) => void,
): ReadonlyMap<string, ReadsOfCommit> {
  const groups = new Map<string, ReadsOfCommit>();
  for (const entry of entries) {
    try {
      const branch = resolveBranch(target, entry.location, advertisement);
      const { oid } = findStart(target, branch, advertisement);
      groups.set(oid, [...(groups.get(oid) ?? []), entry]);
    } catch (error) {
      fail(entry.index, error);
    }
  }
  return groups;
}

interface OpenedCommit {
  readonly source: TreeSource;
  readonly tree: string;
}

async function openCommit(
  remote: GitRemote,
  oid: string,
  reads: ReadsOfCommit,
  { features }: RefAdvertisement,
  { signal }: RetryLimits,
): Promise<OpenedCommit> {
  const paths = reads.flatMap(({ item }) => item.paths);
  const objects = await remote.fetch({ oid, paths, features }, signal);
  const { tree } = await readCommitPoint(objects, oid);
  return { source: treeSourceOf(remote, objects), tree };
}

async function readFiles(
  { source, tree }: OpenedCommit,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array | undefined>> {
  const files = new Map<string, Uint8Array | undefined>();
  for (const path of paths) {
    const file = await readTreeFile(source, tree, path);
    // A copy, for the bytes themselves may be read again.
    files.set(path, file === undefined ? undefined : Buffer.from(file.content));
  }
  return files;
}
