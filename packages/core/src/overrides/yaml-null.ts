import { EditError } from "../errors/edit-error.js";
import type { TextEdit } from "./text-edit.js";
import {
  formatBlock,
  formatFlow,
  type BlockLayout,
  type YamlContentMapping,
} from "./yaml-content.js";
import { afterLine, columnOf, endOfDocument, insertionOf, startOfLine } from "./yaml-edit.js";
import { endOfLine, type YamlEntry, type YamlScalar } from "./yaml-tree.js";

/** A null of a document that a mapping takes the place of. */
export interface NullPlace {
  readonly node: YamlScalar;
  /** The entry whose value it is; absent where it is the document. */
  readonly entry?: YamlEntry | undefined;
  /** Whether that entry is in a flow mapping. */
  readonly flow: boolean;
}

/**
 * Writes a mapping in the place of a null that has no anchor and no tag; comments behind it stay. Throws
 * {@link EditError} `unsupported-yaml` where its place is not certain.
 */
export function replaceNull(
  text: string,
  { node, entry, flow }: NullPlace,
  content: YamlContentMapping,
  layout: Omit<BlockLayout, "column">,
): readonly TextEdit[] {
  const column = entry === undefined ? 0 : columnOf(text, entry.key.outerStart) + layout.step;
  if (flow) return [replaceInFlow(node, entry, content)];
  const isAbsent = node.start === node.end;
  const before = text.slice(startOfLine(text, node.start), node.start);
  if (!isAbsent && /^ *$/.test(before)) {
    return replaceAlone(text, node, formatBlock(content, { ...layout, column: before.length }));
  }
  const lines = formatBlock(content, { ...layout, column });
  if (isAbsent) {
    const end = entry === undefined ? endOfDocument(text, endOfMark(text)) : node.end;
    return [{ ...insertionOf(text, end, lines), node: node.start }];
  }
  const start = node.start - before.length + before.trimEnd().length;
  return [
    { start, end: node.end, text: "", node: node.start },
    { ...insertionOf(text, node.end, lines), node: node.start },
  ];
}

function replaceInFlow(
  { start, end }: YamlScalar,
  entry: YamlEntry | undefined,
  content: YamlContentMapping,
): TextEdit {
  if (entry?.colon === undefined) {
    throw new EditError("unsupported-yaml", "a key without a colon cannot get a mapping");
  }
  const json = entry.key.kind === "scalar" && entry.key.style === "double";
  const space = start === end ? " " : "";
  return { start, end, text: space + formatFlow(content, json), node: start };
}

/** Replaces a null that has a line for itself, but for a comment behind it. */
function replaceAlone(
  text: string,
  { start, end }: YamlScalar,
  [first = "", ...rest]: readonly string[],
): readonly TextEdit[] {
  const edit = { start, end, text: first.trimStart(), node: start };
  return rest.length === 0 ? [edit] : [edit, { ...insertionOf(text, end, rest), node: start }];
}

/** The end of the line of the first `---`, which the document without a value begins with. */
function endOfMark(text: string): number {
  let line = 0;
  while (line < text.length) {
    if (/^---(?:[ \t\r\n]|$)/.test(text.slice(line, line + 4))) return endOfLine(text, line);
    line = afterLine(text, line);
  }
  throw new EditError("unsupported-yaml", "the beginning of the document cannot be found");
}
