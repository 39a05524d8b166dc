import {
  applyEdit,
  WriteBackError,
  type FileEdit,
  type WriteBackChange,
} from "@image-updater/core";
import {
  findTreeFile,
  readTreeFile,
  requireSize,
  type TreeFile,
  type TreeSource,
  writeTreeFiles,
} from "@image-updater/git-remote";

/** A file as a change leaves it. */
export interface ChangedFile extends TreeFile {
  readonly oid: string;
}

/** What one change made of a tree. `written` names the trees that were made for it. */
export type AppliedChange =
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "edited";
      readonly tree: string;
      readonly files: ReadonlyMap<string, ChangedFile>;
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
 * Applies the edits of one change to the files of a tree.
 *
 * All edits or none: an edit that is refused throws. Edits of one file see each other's outcome.
 */
export async function applyChange(
  source: TreeSource,
  tree: string,
  { edits }: Pick<WriteBackChange, "edits">,
): Promise<AppliedChange> {
  const edited = new Map<string, EditedFile>();
  for (const edit of edits) {
    if (edit.kind === "application-patch") throw notAFile(source.target);
    const path = await existingPath(source, tree, edit);
    await applyToFile(source, tree, edited, { ...edit, path });
  }
  const files = new Map<string, ChangedFile>();
  for (const [path, { before, after }] of edited) {
    if (sameBytes(before?.content, after)) continue;
    const oid = await source.objects.write("blob", after);
    files.set(path, { mode: before?.mode ?? "100644", content: after, oid });
  }
  if (files.size === 0) return { kind: "unchanged" };
  return { kind: "edited", files, ...(await writeTreeFiles(source, tree, files)) };
}

async function applyToFile(
  source: TreeSource,
  tree: string,
  edited: Map<string, EditedFile>,
  edit: FileEdit,
): Promise<void> {
  const { path, file } = await findTreeFile(source, tree, edit.path);
  // Two names may lead to one file.
  const earlier = edited.get(path);
  const before = earlier?.before ?? file;
  const after = applyEdit(edit, earlier?.after ?? before?.content);
  if (after === "unchanged") return;
  requireSize(source, path, after);
  edited.set(path, { before, after });
}

/** Of the names a kustomization may have, the first that is there; else the edit's own path. */
async function existingPath(source: TreeSource, tree: string, edit: FileEdit): Promise<string> {
  if (edit.kind !== "kustomization") return edit.path;
  for (const candidate of edit.candidates) {
    if ((await readTreeFile(source, tree, candidate)) !== undefined) return candidate;
  }
  return edit.path;
}

function sameBytes(before: Uint8Array | undefined, after: Uint8Array): boolean {
  return before !== undefined && Buffer.compare(before, after) === 0;
}

function notAFile(target: string): WriteBackError {
  const message = `cannot write to ${target}: the change is one of an Application, not of files`;
  return new WriteBackError("unsupported", message, { target });
}
