import { EditError } from "../errors/edit-error.js";
import type { SourcePlace } from "./argocd-source-place.js";
import { formatFlowRows, formatSourceRows, type SourceRow } from "./argocd-source-rows.js";
import { formatFlowString } from "./yaml-content.js";
import { replaceRange } from "./text-edit.js";
import { columnOf, insertLines } from "./yaml-edit.js";
import { endOfLine, type YamlEntry, type YamlMapping } from "./yaml-tree.js";

/** The list as the lines of a whole override file, as Argo CD Image Updater writes it. */
export function formatSourceFile(
  names: { readonly block: string; readonly list: string },
  rows: readonly SourceRow[],
  column = 0,
): readonly string[] {
  const indent = " ".repeat(column);
  return [`${indent}${names.block}:`, ...formatList(names.list, rows, column + 2)];
}

/** Writes a list where it stands or would stand, and keeps every other character of the file. */
export function editSourceList(
  place: SourcePlace,
  names: { readonly block: string; readonly list: string },
  rows: readonly SourceRow[],
): string {
  const { text, root, block, list } = place;
  if (root === undefined) return appendLines(text, formatSourceFile(names, rows));
  if (root.flow) return setInFlow(text, root, [names.block, names.list], rows);
  const column = columnOf(text, root.entries[0]?.key.outerStart ?? 0);
  if (block === undefined)
    return insertLines(text, root.end, formatSourceFile(names, rows, column));

  const members = block.value.kind === "mapping" ? block.value : undefined;
  const [first] = members?.entries ?? [];
  if (members === undefined || first === undefined) {
    return replaceValue(text, block, formatList(names.list, rows, column + 2));
  }
  if (members.flow) return setInFlow(text, members, [names.list], rows);
  const memberColumn = columnOf(text, first.key.outerStart);
  if (list !== undefined) return replaceValue(text, list, formatSourceRows(rows, memberColumn));
  return insertLines(text, colonOf(block) + 1, formatList(names.list, rows, memberColumn));
}

/** The offset before the line break that ends the last line of a node. */
export function lastLineEnd(text: string, end: number): number {
  const hasEnded = /[\r\n]/.test(text.charAt(end - 1));
  return hasEnded ? text.slice(0, end).trimEnd().length : endOfLine(text, end);
}

/** The line break that a text uses. */
export function lineBreakOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
}

function formatList(list: string, rows: readonly SourceRow[], column: number): readonly string[] {
  return [`${" ".repeat(column)}${list}:`, ...formatSourceRows(rows, column)];
}

function appendLines(text: string, lines: readonly string[]): string {
  const lineBreak = lineBreakOf(text);
  const isOpen = text !== "" && !/[\r\n]$/.test(text);
  return `${text}${isOpen ? lineBreak : ""}${lines.join(lineBreak)}${lineBreak}`;
}

/** A value that is a block list ends with its line; any other is followed by the rest of its line. */
function replaceValue(text: string, entry: YamlEntry, lines: readonly string[]): string {
  const { value } = entry;
  const start = colonOf(entry) + 1;
  if (value.kind !== "sequence" || value.flow) {
    return insertLines(replaceRange(text, start, value.end, ""), start, lines);
  }
  const lineBreak = lineBreakOf(text);
  const by = lines.map((line) => lineBreak + line).join("");
  return replaceRange(text, endOfLine(text, start), lastLineEnd(text, value.end), by);
}

function setInFlow(
  text: string,
  mapping: YamlMapping,
  [name = "", ...rest]: readonly string[],
  rows: readonly SourceRow[],
): string {
  const last = mapping.entries.at(-1);
  const json = last?.key.kind === "scalar" && last.key.style === "double";
  const entry = mapping.entries.find(({ key }) => key.kind === "scalar" && key.value === name);
  if (rest.length > 0 && entry?.value.kind === "mapping") {
    return setInFlow(text, entry.value, rest, rows);
  }
  const value = rest.reduceRight(
    (inner, key) => `{${formatFlowString(key, json)}: ${inner}}`,
    formatFlowRows(rows, json),
  );
  if (entry !== undefined) {
    return replaceRange(text, entry.key.end, entry.value.end, `: ${value}`);
  }
  const added = `${formatFlowString(name, json)}: ${value}`;
  const offset = last?.value.end ?? mapping.start + 1;
  return replaceRange(text, offset, offset, last === undefined ? added : `, ${added}`);
}

function colonOf(entry: YamlEntry): number {
  if (entry.colon !== undefined) return entry.colon;
  throw new EditError("unsupported-yaml", "The override file holds a key that is written with ?");
}
