import { EditError } from "../errors/edit-error.js";

/** A part of a text and what takes its place. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Where the node begins that is edited: of edits in one place, that of the innermost comes first. */
  readonly node?: number | undefined;
}

/** Replaces a part of a text and keeps every other character. */
export function replaceRange(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/**
 * Makes edits that were all planned for the same text, in one pass. Throws {@link EditError}
 * `unsupported-yaml` where two of them overlap.
 */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let offset = 0;
  for (const edit of edits.toSorted(inOrder)) {
    if (edit.start < offset) throw new EditError("unsupported-yaml", "two changes overlap");
    parts.push(text.slice(offset, edit.start), edit.text);
    offset = edit.end;
  }
  return parts.join("") + text.slice(offset);
}

function inOrder(left: TextEdit, right: TextEdit): number {
  return left.start - right.start || left.end - right.end || (right.node ?? 0) - (left.node ?? 0);
}
