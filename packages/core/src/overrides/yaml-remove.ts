import { EditError } from "../errors/edit-error.js";
import type { TextEdit } from "./text-edit.js";
import { afterLine, startOfLine } from "./yaml-edit.js";
import { endOfLine, type YamlEntry, type YamlMapping } from "./yaml-tree.js";

/**
 * Removes an entry with a scalar from a mapping that has others, with its line and the comment on it.
 * Throws {@link EditError} `unsupported-yaml` for an entry that others may refer to, and for block
 * scalars.
 */
export function removeEntry(text: string, mapping: YamlMapping, entry: YamlEntry): TextEdit {
  const { key, value } = entry;
  const isScalar = value.kind === "alias" || (value.kind === "scalar" && value.style !== "block");
  if (!isScalar || key.anchor !== undefined || value.anchor !== undefined) {
    throw new EditError("unsupported-yaml", "an entry with an anchor or a block cannot be removed");
  }
  const index = mapping.entries.indexOf(entry);
  const next = mapping.entries[index + 1]?.key.outerStart ?? value.end;
  const previous = mapping.entries[index - 1]?.value.end;
  if (!mapping.flow) return removeBlockEntry(text, entry, next);
  return previous === undefined
    ? { start: key.outerStart, end: next, text: "" }
    : { start: previous, end: value.end, text: "" };
}

function removeBlockEntry(text: string, { key, value }: YamlEntry, next: number): TextEdit {
  const lineStart = startOfLine(text, key.outerStart);
  const lineEnd = endOfLine(text, value.end);
  if (text.slice(lineStart, key.outerStart).trim() !== "") {
    // The entry stands behind a dash: the next one takes its place unless comments are in between.
    const end = text.slice(lineEnd, next).trim() === "" ? next : lineEnd;
    return { start: key.outerStart, end, text: "" };
  }
  if (lineEnd < text.length) return { start: lineStart, end: afterLine(text, lineEnd), text: "" };
  const lineBreak = text.startsWith("\r\n", lineStart - 2) ? 2 : 1;
  return { start: Math.max(0, lineStart - lineBreak), end: lineEnd, text: "" };
}
