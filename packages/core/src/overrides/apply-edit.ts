import { utf8 } from "@scure/base";
import { EditError } from "../errors/edit-error.js";
import type { FileEdit } from "../ports/edits.js";
import { renderArgoCdSource } from "./argocd-source.js";
import { splitByteOrderMark } from "./byte-order-mark.js";
import { setHelmValues } from "./helm-values.js";
import { setKustomizationImages } from "./kustomization.js";

/**
 * Turns the bytes of a file, `undefined` where there is none, into what an edit makes of them, or
 * says that they are right already. Pure, so it can run again on other bytes after a conflict.
 *
 * Throws {@link EditError}, its message and `context.file` naming the file: `not-utf8` for a file in
 * another encoding, `file-not-found` for a kustomization that is not there, and whatever the edit of
 * the kind throws. A byte order mark stays.
 */
export function applyEdit(edit: FileEdit, bytes: Uint8Array | undefined): Uint8Array | "unchanged" {
  try {
    const text = bytes === undefined ? undefined : decodeUtf8(bytes);
    const edited = editText(edit, text);
    return edited === (text ?? "") ? "unchanged" : utf8.decode(edited);
  } catch (error) {
    if (!EditError.is(error)) throw error;
    const context = { ...error.context, file: edit.path, cause: error };
    throw new EditError(error.code, `${edit.path}: ${error.message}`, context);
  }
}

function editText(edit: FileEdit, text: string | undefined): string {
  if (edit.kind === "helm-values") return setHelmValues(text, edit.changes);
  if (edit.kind === "kustomization") {
    if (text !== undefined) return setKustomizationImages(text, edit.images);
    throw new EditError("file-not-found", `none of ${edit.candidates.join(", ")} exists`);
  }
  const { mark, text: content } = splitByteOrderMark(text ?? "");
  const rendered = renderArgoCdSource(text === undefined ? undefined : content, edit.changes);
  // Without a change there is nothing to write, which is not a reason to empty a file.
  return rendered === "" ? (text ?? "") : mark + rendered;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.encode(bytes);
  } catch (cause) {
    throw new EditError("not-utf8", "the file is not UTF-8 and cannot be edited", { cause });
  }
}
