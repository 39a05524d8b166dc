import { EditError } from "../errors/edit-error.js";
import { applyTextEdits, type TextEdit } from "./text-edit.js";
import { isStringTag } from "./yaml-compare.js";
import {
  formatBlock,
  formatFlow,
  formatFlowEntries,
  formatFlowString,
  type BlockLayout,
  type YamlContentList,
  type YamlContentMapping,
} from "./yaml-content.js";
import {
  formatDoubleQuoted,
  formatSingleQuoted,
  formatYamlString,
  isPrintableLine,
  isSafePlainScalar,
  isStringWhenPlain,
} from "./yaml-string.js";
import {
  endOfLine,
  type YamlAlias,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
  type YamlSequence,
} from "./yaml-tree.js";

/**
 * Writes a string in the place of a scalar: in its quotes where it has some, plain where it is plain
 * and may stay so. An alias gives its place to the string; what it refers to stays. The lines of a
 * block scalar go, and the comment behind its header stays. Throws {@link EditError}
 * `unsupported-yaml` for tags other than a string's.
 */
export function replaceScalar(
  text: string,
  node: YamlScalar | YamlAlias,
  value: string,
  flow: boolean,
): readonly TextEdit[] {
  if (!isStringTag(node.tag)) {
    throw new EditError("unsupported-yaml", `a value tagged ${node.tag ?? ""} cannot be replaced`);
  }
  if (node.kind === "scalar" && node.style === "block") return replaceBlock(text, node, value);
  const { start, end } = node;
  const isGlued = !/[ \t\r\n]/.test(text.charAt(start - 1));
  const space = start === end && isGlued ? " " : "";
  return [{ start, end, text: space + formatLike(node, value, flow), node: start }];
}

function replaceBlock(
  text: string,
  { header, start, end }: YamlScalar,
  value: string,
): readonly TextEdit[] {
  if (header === undefined) {
    throw new EditError("unsupported-yaml", "the header of a block scalar cannot be found");
  }
  const indicator = /^[|>][-+0-9]*/.exec(text.slice(header, header + 4))?.[0] ?? "";
  const headerEnd = Math.min(endOfLine(text, header), start);
  let linesEnd = end;
  while (linesEnd > headerEnd && /[ \t\r\n]/.test(text.charAt(linesEnd - 1))) linesEnd -= 1;
  if (linesEnd > headerEnd) linesEnd = endOfLine(text, linesEnd);
  return [
    { start: header, end: header + indicator.length, text: formatYamlString(value), node: header },
    { start: headerEnd, end: linesEnd, text: "", node: header },
  ];
}

/**
 * Adds entries at the end of a mapping, with its indentation and the line break of its lines. For a
 * root block mapping, `end` is the place behind the comments that close the document.
 */
export function appendEntries(
  text: string,
  mapping: YamlMapping,
  content: YamlContentMapping,
  layout: Omit<BlockLayout, "column">,
  end?: number,
): TextEdit {
  const last = mapping.entries.at(-1);
  if (mapping.flow) {
    const json = last?.key.kind === "scalar" && last.key.style === "double";
    return appendFlow(text, mapping, last?.value.end, formatFlowEntries(content, json));
  }
  const [first] = mapping.entries;
  if (first === undefined) throw new EditError("unsupported-yaml", "a block mapping is empty");
  refuseOpenBlockScalar(text, mapping);
  const column = columnOf(text, first.key.outerStart);
  const lines = formatBlock(content, { ...layout, column });
  return { ...insertionOf(text, end ?? mapping.end, lines), node: mapping.start };
}

/** Adds items at the end of a sequence, with its indentation and the line break of its lines. */
export function appendItems(
  text: string,
  sequence: YamlSequence,
  content: YamlContentList,
  layout: Omit<BlockLayout, "column">,
): TextEdit {
  const last = sequence.items.at(-1);
  if (sequence.flow) {
    const items = content.items.map((item) => formatFlow(item, isJson(last))).join(", ");
    return appendFlow(text, sequence, last?.end, items);
  }
  refuseOpenBlockScalar(text, sequence);
  const column = columnOf(text, sequence.start);
  const lines = formatBlock(content, { ...layout, column });
  return { ...insertionOf(text, sequence.end, lines), node: sequence.start };
}

/** Inserts lines behind the line in which a node ends, with the line break the text uses there. */
export function insertLines(text: string, end: number, lines: readonly string[]): string {
  return applyTextEdits(text, [insertionOf(text, end, lines)]);
}

/** As {@link insertLines}, not made yet. */
export function insertionOf(text: string, end: number, lines: readonly string[]): TextEdit {
  const lineBreak = lineBreakAt(text, end);
  const isAtLineStart = end > 0 && /[\r\n]/.test(text.charAt(end - 1));
  if (isAtLineStart) return { start: end, end, text: lines.join(lineBreak) + lineBreak };
  const offset = endOfLine(text, end);
  return { start: offset, end: offset, text: lineBreak + lines.join(lineBreak) };
}

/**
 * Where a document whose root ends at `end` can be extended: behind the comments that follow, in
 * front of blank lines and of the mark that ends the document.
 */
export function endOfDocument(text: string, end: number): number {
  let extended = end;
  let lineStart = startOfLine(text, end) === end ? end : afterLine(text, end);
  while (lineStart < text.length) {
    const lineEnd = endOfLine(text, lineStart);
    const line = text.slice(lineStart, lineEnd);
    if (!/^[ \t]*(?:#|$)/.test(line)) break;
    if (line.includes("#")) extended = lineEnd;
    lineStart = afterLine(text, lineEnd);
  }
  return extended;
}

/** The column of an offset. Throws {@link EditError} where a tab makes it ambiguous. */
export function columnOf(text: string, offset: number): number {
  const lineStart = startOfLine(text, offset);
  if (text.slice(lineStart, offset).includes("\t")) {
    throw new EditError("unsupported-yaml", "a tab stands in the indentation of a mapping or list");
  }
  return offset - lineStart;
}

/** The offset of the first character of the line. */
export function startOfLine(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && !/[\r\n]/.test(text.charAt(start - 1))) start -= 1;
  return start;
}

/** The offset behind the line break that ends the line. */
export function afterLine(text: string, offset: number): number {
  const end = endOfLine(text, offset);
  return end + (text.startsWith("\r\n", end) ? 2 : 1);
}

function formatLike(node: YamlScalar | YamlAlias, value: string, flow: boolean): string {
  if (node.kind === "alias" || isNullScalar(node)) {
    return flow ? formatFlowString(value, false) : formatYamlString(value);
  }
  if (node.style === "single" && isPrintableLine(value)) return formatSingleQuoted(value);
  const isSafe = isSafePlainScalar(value) && isStringWhenPlain(value);
  const canBePlain = isSafe && !(flow && /^:|[,?[\]{}]/.test(value));
  return node.style === "plain" && canBePlain ? value : formatDoubleQuoted(value);
}

/** Whether a scalar is null: absent, `~` or `null`, without a tag. */
export function isNullScalar(node: YamlScalar): boolean {
  return node.style === "plain" && node.tag === undefined && NULLS.has(node.value);
}

const NULLS: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"]);

/** Readers differ on whether such a scalar ends with a line break, and it would get one. */
function refuseOpenBlockScalar(text: string, node: YamlNode): void {
  const last = node.kind === "mapping" ? node.entries.at(-1)?.value : undefined;
  const inner = node.kind === "sequence" ? node.items.at(-1) : last;
  if (inner !== undefined) return refuseOpenBlockScalar(text, inner);
  const isBlock = node.kind === "scalar" && node.style === "block";
  if (!isBlock || node.end < text.length || /[\r\n]$/.test(text)) return;
  const { header } = node;
  if (header !== undefined && /^.[1-9]?-/.test(text.slice(header, header + 3))) return;
  throw new EditError("unsupported-yaml", "the file ends inside of a block scalar");
}

function appendFlow(
  text: string,
  collection: YamlMapping | YamlSequence,
  lastEnd: number | undefined,
  content: string,
): TextEdit {
  if (!/[{[]/.test(text.charAt(collection.start))) {
    throw new EditError("unsupported-yaml", "a single pair in a flow list cannot be extended");
  }
  const offset = lastEnd ?? collection.start + 1;
  const added = lastEnd === undefined ? content : `, ${content}`;
  return { start: offset, end: offset, text: added, node: collection.start };
}

function isJson(node: YamlSequence["items"][number] | undefined): boolean {
  const key = node?.kind === "mapping" ? node.entries[0]?.key : node;
  return key?.kind === "scalar" && key.style === "double";
}

/** The line break that ends the line, else that of the line before, else a line feed. */
function lineBreakAt(text: string, offset: number): string {
  const here = lineBreakFrom(text, endOfLine(text, offset));
  if (here !== "") return here;
  const start = startOfLine(text, offset);
  return lineBreakFrom(text, text.startsWith("\r\n", start - 2) ? start - 2 : start - 1) || "\n";
}

function lineBreakFrom(text: string, offset: number): string {
  if (offset < 0) return "";
  return text.startsWith("\r\n", offset) ? "\r\n" : text.charAt(offset);
}
