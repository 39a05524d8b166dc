import { GitRemoteError, type GitRemoteErrorKind } from "../git-remote-error.js";
import type { ObjectStore } from "./object-store.js";
import { findTreeEntry, FOLDER_MODE, spliceTree } from "./splice-tree.js";
import { kindOf, walkPath, type PathProblem } from "./walk-path.js";

/** A file as a tree holds it. */
export interface TreeFile {
  readonly mode: string;
  readonly content: Uint8Array;
}

/** A repository whose trees are read, with the name that messages use for it. */
export interface TreeSource {
  readonly objects: ObjectStore;
  /** Repository URL without user information. */
  readonly target: string;
  /** Asked of every path, and of where symbolic links lead to. */
  readonly pathProblem: PathProblem;
}

/** The trees that some objects of a repository are of. */
export function treeSourceOf(
  { target, pathProblem }: Omit<TreeSource, "objects">,
  objects: ObjectStore,
): TreeSource {
  return { objects, target, pathProblem };
}

/** The largest file that is read or written: configuration is far smaller, and it is held in memory. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** A file, if it is there, and its own path: where symbolic links on the way led. */
export interface FoundFile {
  readonly path: string;
  readonly file: TreeFile | undefined;
}

/**
 * Finds one file of a tree, through symbolic links that stay in the repository, as a program does that
 * opens it.
 *
 * Throws `unsafe-path` when the path leads out of the repository, to what `pathProblem` refuses, or to
 * a submodule or the wrong kind of entry, `unsupported` for a Git LFS pointer and `too-large` for a file
 * over the limit.
 */
export async function findTreeFile(
  source: TreeSource,
  tree: string,
  path: string,
): Promise<FoundFile> {
  const walk = walkPath(tree, path, source.pathProblem);
  let next = walk.next(new Uint8Array());
  while (next.done !== true) {
    next = walk.next(await source.objects.read(next.value.type, next.value.oid));
  }
  const end = next.value;
  if (end.kind === "refused") throw refuse(source, "unsafe-path", path, end.reason);
  const { entry } = end;
  if (entry === undefined) return { path: end.path, file: undefined };
  requireFile(source, path, entry.mode);
  return { path: end.path, file: await readContent(source, path, entry) };
}

/** The content of what {@link findTreeFile} finds. */
export async function readTreeFile(
  source: TreeSource,
  tree: string,
  path: string,
): Promise<TreeFile | undefined> {
  const { file } = await findTreeFile(source, tree, path);
  return file;
}

/** A blob and the mode to store it with, by path. */
export type NewFiles = ReadonlyMap<string, { readonly mode: string; readonly oid: string }>;

/**
 * Puts files into a tree and answers the new tree's id and the ids of all trees written for it.
 *
 * The paths must be those that `findTreeFile` found, which refuses the unsafe ones.
 */
export async function writeTreeFiles(
  source: TreeSource,
  tree: string | undefined,
  files: NewFiles,
): Promise<{ readonly tree: string; readonly written: readonly string[] }> {
  let bytes = tree === undefined ? new Uint8Array() : await source.objects.read("tree", tree);
  const written: string[] = [];
  for (const [name, inside] of groupByFirstSegment(files)) {
    const file = inside.get("");
    if (file !== undefined) {
      if (inside.size > 1) {
        throw refuse(source, "unsafe-path", name, "it is written both as a file and as a folder");
      }
      bytes = spliceTree(bytes, name, file);
      continue;
    }
    const folder = await writeTreeFiles(source, findTreeEntry(bytes, name)?.oid, inside);
    written.push(...folder.written);
    bytes = spliceTree(bytes, name, { mode: FOLDER_MODE, oid: folder.tree });
  }
  const oid = await source.objects.write("tree", bytes, tree);
  return { tree: oid, written: [...written, oid] };
}

/** Throws `too-large` when a file's content is over the limit. */
export function requireSize(source: TreeSource, path: string, content: Uint8Array): void {
  if (content.length <= MAX_FILE_BYTES) return;
  const limit = `it has ${content.length} bytes, the limit is ${MAX_FILE_BYTES}`;
  throw refuse(source, "too-large", path, limit);
}

async function readContent(
  source: TreeSource,
  path: string,
  { mode, oid }: { readonly mode: string; readonly oid: string },
): Promise<TreeFile> {
  const content = await source.objects.read("blob", oid);
  requireSize(source, path, content);
  if (isLfsPointer(content)) {
    throw refuse(source, "unsupported", path, "it is a Git LFS pointer; keep the file out of LFS");
  }
  return { mode, content };
}

function requireFile(source: TreeSource, path: string, mode: string): void {
  if (/^100[0-7]{3}$/u.test(mode)) return;
  throw refuse(source, "unsafe-path", path, `it is ${kindOf(mode)}, not a file`);
}

function isLfsPointer(content: Uint8Array): boolean {
  const head = Buffer.from(content.subarray(0, 64)).toString("latin1");
  return content.length < 1024 && head.startsWith("version https://git-lfs.github.com/spec/");
}

function groupByFirstSegment(files: NewFiles): ReadonlyMap<string, NewFiles> {
  const groups = new Map<string, Map<string, { readonly mode: string; readonly oid: string }>>();
  for (const [path, file] of files) {
    const slash = path.indexOf("/");
    const name = slash < 0 ? path : path.slice(0, slash);
    const group = groups.get(name) ?? new Map<string, typeof file>();
    groups.set(name, group.set(slash < 0 ? "" : path.slice(slash + 1), file));
  }
  return groups;
}

function refuse(
  { target }: TreeSource,
  kind: GitRemoteErrorKind,
  path: string,
  reason: string,
): GitRemoteError {
  return new GitRemoteError(kind, `cannot use the file ${path}: ${reason}`, { target, path });
}
