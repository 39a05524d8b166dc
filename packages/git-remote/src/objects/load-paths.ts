import { GitRemoteError } from "../git-remote-error.js";
import { readCommitPoint } from "./commit-point.js";
import type { ObjectStore } from "./object-store.js";
import { walkPath, type PathEnd, type PathProblem, type PathStep } from "./walk-path.js";

/**
 * Loads a commit, the folders and symbolic links on the way to some paths and the files there, folder
 * level by folder level, each level in one request.
 *
 * What a path leads to, if anything, is for its reader to judge; only files are loaded.
 */
export async function loadPaths(
  objects: ObjectStore,
  commit: string,
  paths: readonly string[],
  pathProblem: PathProblem,
): Promise<void> {
  const { tree } = await readCommitPoint(objects, commit);
  let level = nextLevel(
    [...new Set(paths)].map((path) => ({ walk: walkPath(tree, path, pathProblem) })),
  );
  while (level.walks.length + level.files.length > 0) {
    const folders = level.walks.map(({ step }) => step.oid);
    await objects.load([...folders, ...level.files]).catch(ignoreTooLarge);
    level = nextLevel(await readSteps(objects, level.walks));
  }
}

/** A path on its way, and what it asked for the last time. */
interface Walk {
  readonly walk: ReturnType<typeof walkPath>;
  readonly content?: Uint8Array;
}

interface Level {
  readonly walks: readonly (Walk & { readonly step: PathStep })[];
  /** Files that paths ended at. */
  readonly files: readonly string[];
}

function nextLevel(walks: readonly Walk[]): Level {
  const onTheWay: (Walk & { readonly step: PathStep })[] = [];
  const files: string[] = [];
  for (const { walk, content = NOTHING } of walks) {
    const next = walk.next(content);
    if (next.done !== true) onTheWay.push({ walk, step: next.value });
    else if (isFile(next.value)) files.push(next.value.entry.oid);
  }
  return { walks: onTheWay, files };
}

const NOTHING = new Uint8Array();

async function readSteps(objects: ObjectStore, walks: Level["walks"]): Promise<readonly Walk[]> {
  const read: Walk[] = [];
  for (const { walk, step } of walks) {
    try {
      read.push({ walk, content: await objects.read(step.type, step.oid) });
    } catch (error) {
      ignoreTooLarge(error);
    }
  }
  return read;
}

/** One file that is too large must not fail the others: each is then loaded when it is read. */
function ignoreTooLarge(error: unknown): void {
  if (!GitRemoteError.is(error) || error.kind !== "too-large") throw error;
}

function isFile(end: PathEnd): end is PathEnd & { readonly entry: { readonly oid: string } } {
  return end.kind === "found" && end.entry?.mode.startsWith("100") === true;
}
