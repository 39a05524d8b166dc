import { repositoryPathProblem, WriteBackError } from "@image-updater/core";
import { readCommitPoint } from "./commit-point.js";
import type { ObjectStore } from "./object-store.js";
import { findTreeEntry, isFolder } from "./splice-tree.js";

/**
 * Loads a commit, the folders on the way to some paths and the files there, folder level by folder
 * level, each level in one request.
 *
 * What a path leads to, if anything, is for its reader to judge; only files are loaded.
 */
export async function loadPaths(
  objects: ObjectStore,
  commit: string,
  paths: readonly string[],
): Promise<void> {
  const { tree } = await readCommitPoint(objects, commit);
  const wanted = paths.filter((path) => repositoryPathProblem(path) === undefined);
  let folders: Level = new Map([[tree, wanted.map((path) => path.split("/"))]]);
  while (folders.size > 0) {
    const files: string[] = [];
    await objects.load([...folders.keys()]);
    const next = new Map<string, Segments[]>();
    for (const [oid, inside] of folders) {
      files.push(...addInside(next, await objects.read("tree", oid), inside));
    }
    await objects.load([...next.keys(), ...files]).catch(ignoreTooLarge);
    folders = next;
  }
}

/** What is left of a path below a folder. */
type Segments = readonly string[];

/** Folders by their id, and what is wanted of them. */
type Level = ReadonlyMap<string, readonly Segments[]>;

/** Notes the folders that paths go on into, and answers the files that they end at. */
function addInside(
  next: Map<string, Segments[]>,
  tree: Uint8Array,
  inside: readonly Segments[],
): readonly string[] {
  const files: string[] = [];
  for (const [name, rests] of groupByFirst(inside)) {
    const entry = findTreeEntry(tree, name);
    if (entry === undefined) continue;
    if (!isFolder(entry.mode)) {
      if (isFile(entry.mode)) files.push(entry.oid);
      continue;
    }
    const deeper = rests.filter((rest) => rest.length > 0);
    if (deeper.length > 0) next.set(entry.oid, [...(next.get(entry.oid) ?? []), ...deeper]);
  }
  return files;
}

function groupByFirst(inside: readonly Segments[]): ReadonlyMap<string, readonly Segments[]> {
  const groups = new Map<string, Segments[]>();
  for (const [name = "", ...rest] of inside) {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [rest]);
    else group.push(rest);
  }
  return groups;
}

/** One file that is too large must not fail the others: each is then loaded when it is read. */
function ignoreTooLarge(error: unknown): void {
  if (!WriteBackError.is(error) || error.code !== "too-large") throw error;
}

function isFile(mode: string): boolean {
  return mode.startsWith("100");
}
