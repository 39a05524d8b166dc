import {
  applyEdit,
  WriteBackError,
  type CommitAuthor,
  type FileEdit,
  type WriteBackChange,
} from "@image-updater/core";
import type { CommitPoint } from "../objects/commit-point.js";
import {
  readTreeFile,
  requireSize,
  writeTreeFiles,
  type TreeFile,
  type TreeSource,
} from "../objects/tree-files.js";
import { commitIdentity, tidyCommitMessage } from "./commit-text.js";

/** Who commits and when. */
export interface CommitContext {
  readonly author: CommitAuthor;
  readonly now: Date;
}

/** What one change made on top of a commit. `written` names every object the server may lack. */
export type AppliedChange =
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "committed";
      readonly point: CommitPoint;
      readonly paths: readonly string[];
      readonly written: readonly string[];
    };

/** The files that the edits of a change may look at. */
export function pathsOf({ edits }: Pick<WriteBackChange, "edits">): readonly string[] {
  return edits.flatMap((edit) => {
    if (edit.kind === "application-patch") return [];
    return edit.kind === "kustomization" ? [edit.path, ...edit.candidates] : [edit.path];
  });
}

interface EditedFile {
  readonly before: TreeFile | undefined;
  readonly after: Uint8Array;
}

/**
 * Applies the edits of one change to the files of a commit and commits the outcome on top of it.
 *
 * All edits or none: an edit that is refused throws, and no commit is made. Edits of one file see each
 * other's outcome.
 */
export async function applyChange(
  source: TreeSource,
  parent: CommitPoint,
  change: WriteBackChange,
  context: CommitContext,
): Promise<AppliedChange> {
  const edited = new Map<string, EditedFile>();
  for (const edit of change.edits) {
    if (edit.kind === "application-patch") throw notAFile(source.target);
    const path = await existingPath(source, parent.tree, edit);
    await applyToFile(source, parent.tree, edited, { ...edit, path });
  }
  const changed = [...edited].filter(([, { before, after }]) => !sameBytes(before?.content, after));
  if (changed.length === 0) return { kind: "unchanged" };
  return commitFiles(source, parent, changed, { change, ...context });
}

async function applyToFile(
  source: TreeSource,
  tree: string,
  edited: Map<string, EditedFile>,
  edit: FileEdit,
): Promise<void> {
  const earlier = edited.get(edit.path);
  const before = earlier?.before ?? (await readTreeFile(source, tree, edit.path));
  const after = applyEdit(edit, earlier?.after ?? before?.content);
  if (after === "unchanged") return;
  requireSize(source, edit.path, after);
  edited.set(edit.path, { before, after });
}

async function commitFiles(
  source: TreeSource,
  parent: CommitPoint,
  changed: readonly (readonly [path: string, file: EditedFile])[],
  { change, author, now }: CommitContext & { readonly change: WriteBackChange },
): Promise<AppliedChange> {
  const files = new Map<string, { readonly mode: string; readonly oid: string }>();
  for (const [path, { before, after }] of changed) {
    const oid = await source.objects.write("blob", after);
    files.set(path, { mode: before?.mode ?? "100644", oid });
  }
  const { tree, written } = await writeTreeFiles(source, parent.tree, files);
  const identity = commitIdentity(isComplete(change.author) ? change.author : author, now);
  const commit = await source.objects.writeCommit({
    tree,
    parent: [parent.commit],
    author: identity,
    committer: identity,
    message: tidyCommitMessage(change.message),
  });
  const blobs = [...files.values()].map(({ oid }) => oid);
  return {
    kind: "committed",
    point: { commit, tree },
    paths: [...files.keys()],
    written: [...blobs, ...written, commit],
  };
}

/** Of the names a kustomization may have, the first that is there; else the edit's own path. */
async function existingPath(source: TreeSource, tree: string, edit: FileEdit): Promise<string> {
  if (edit.kind !== "kustomization") return edit.path;
  for (const candidate of edit.candidates) {
    if ((await readTreeFile(source, tree, candidate)) !== undefined) return candidate;
  }
  return edit.path;
}

/** As upstream, a name without an address, or the reverse, is no author. */
function isComplete(author: CommitAuthor | undefined): author is CommitAuthor {
  return author !== undefined && author.name.trim() !== "" && author.email.trim() !== "";
}

function sameBytes(before: Uint8Array | undefined, after: Uint8Array): boolean {
  return before !== undefined && Buffer.compare(before, after) === 0;
}

function notAFile(target: string): WriteBackError {
  const message = `cannot write to ${target}: the change is one of an Application, not of files`;
  return new WriteBackError("unsupported", message, { target });
}
