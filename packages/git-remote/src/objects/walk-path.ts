import { findTreeEntry, isFolder, type TreeEntry } from "./splice-tree.js";

/** An object that must be read to go on. */
export interface PathStep {
  readonly type: "tree" | "blob";
  readonly oid: string;
}

/**
 * Where a path leads: its place once symbolic links are followed, and what is there, if anything; or why
 * it cannot be followed.
 */
export type PathEnd =
  | { readonly kind: "found"; readonly path: string; readonly entry: TreeEntry | undefined }
  | { readonly kind: "refused"; readonly reason: string };

/** Why a path from the repository's root must not be used, or `undefined` when it may be. */
export type PathProblem = (path: string) => string | undefined;

/** Folders on the way, each of which is searched from its start. */
const MAX_STEPS = 1000;
/** As many as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;
/** The longest that Linux takes. */
const MAX_TARGET_BYTES = 4096;

/**
 * Follows a path through a tree, symbolic links in it too, as long as they stay in the repository and
 * lead to what may be written.
 *
 * Whoever runs it can so fetch the objects of many paths together.
 *
 * @yields the objects that it needs, one by one; it goes on with their bytes.
 */
export function* walkPath(
  tree: string,
  path: string,
  pathProblem: PathProblem,
): Generator<PathStep, PathEnd, Uint8Array> {
  const problem = pathProblem(path);
  if (problem !== undefined) return refused(problem);
  const pending = path.split("/").toReversed();
  const way = [{ name: "", oid: tree }];
  const here = (...more: readonly string[]): string =>
    [...way.slice(1).map(({ name }) => name), ...more].join("/");
  let steps = 0;
  let links = 0;
  let leaf: TreeEntry | undefined;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    steps += 1;
    if (steps > MAX_STEPS) return refused(`it takes more than ${MAX_STEPS} steps`);
    if (name === "" || name === ".") continue;
    if (name === "..") {
      way.pop();
      if (way.length === 0) return refused("it leads out of the repository by a symbolic link");
      continue;
    }
    const folder = way.at(-1)?.oid ?? tree;
    const entry = findTreeEntry(yield { type: "tree", oid: folder }, name);
    if (entry === undefined) {
      const wanted = nothingAt(here(name), pending.toReversed());
      return links > 0 ? checked(wanted, pathProblem) : wanted;
    }
    if (entry.mode === LINK_MODE) {
      links += 1;
      const target = targetOf(yield { type: "blob", oid: entry.oid });
      const link = `${here(name)} is a symbolic link`;
      if (links > MAX_LINKS) return refused(`${link}, and it takes more than ${MAX_LINKS} of them`);
      if (target === undefined) return refused(`${link} to what is not a path`);
      if (target.startsWith("/")) return refused(`${link} that leads out of the repository`);
      pending.push(...target.split("/").toReversed());
    } else if (isFolder(entry.mode)) {
      way.push({ name, oid: entry.oid });
    } else if (pending.length > 0) {
      return refused(`${here(name)} is ${kindOf(entry.mode)}, not a folder`);
    } else {
      way.push({ name, oid: entry.oid });
      leaf = entry;
    }
  }
  const folder: TreeEntry = { mode: "40000", oid: way.at(-1)?.oid ?? tree };
  const end: PathEnd = { kind: "found", path: here(), entry: leaf ?? folder };
  return links > 0 ? checked(end, pathProblem) : end;
}

/** What an entry of a tree is, in words. */
export function kindOf(mode: string): string {
  if (isFolder(mode)) return "a folder";
  if (mode === LINK_MODE) return "a symbolic link";
  if (mode === "160000") return "a submodule";
  return "a file";
}

const LINK_MODE = "120000";

function refused(reason: string): PathEnd {
  return { kind: "refused", reason };
}

/** A place that symbolic links led to, which may be another one than the path spells. */
function checked(end: PathEnd, pathProblem: PathProblem): PathEnd {
  if (end.kind === "refused" || end.path === "") return end;
  const problem = pathProblem(end.path);
  if (problem === undefined) return end;
  return refused(`it leads to ${end.path} by a symbolic link: ${problem}`);
}

/** What could be created there: only links can still ask to go back. */
function nothingAt(path: string, rest: readonly string[]): PathEnd {
  const names = rest.filter((name) => name !== "" && name !== ".");
  if (!names.includes("..")) {
    return { kind: "found", path: [path, ...names].join("/"), entry: undefined };
  }
  return refused(`it leads through ${path} by a symbolic link, and nothing is there`);
}

/** The text of a symbolic link; `undefined` when no system could follow it. */
function targetOf(content: Uint8Array): string | undefined {
  if (content.length === 0 || content.length > MAX_TARGET_BYTES) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}
