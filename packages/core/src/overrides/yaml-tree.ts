import {
  COLLECTION_STYLE,
  EVENT_ID,
  getScalarValue,
  SCALAR_STYLE,
  type AliasEvent,
  type Event,
  type MappingEvent,
  type ScalarEvent,
  type ScalarStyle,
  type SequenceEvent,
} from "js-yaml";
import { EditError } from "../errors/edit-error.js";
import { parseYamlEvents } from "./yaml-events.js";

/** A YAML node with its exact place in the text: `start` to `end`, its anchor and tag left out. */
export type YamlNode = YamlMapping | YamlSequence | YamlScalar | YamlAlias;

interface YamlNodeBase {
  readonly start: number;
  readonly end: number;
  /** Where the node begins with its anchor and tag. */
  readonly outerStart: number;
  readonly anchor?: string | undefined;
  /** The tag as written: `!!str`. */
  readonly tag?: string | undefined;
}

/** A mapping, block or flow. */
export interface YamlMapping extends YamlNodeBase {
  readonly kind: "mapping";
  readonly flow: boolean;
  readonly entries: readonly YamlEntry[];
}

/** A key with its value. */
export interface YamlEntry {
  readonly key: YamlNode;
  /** Offset of the colon; absent for explicit keys and for flow keys without a value. */
  readonly colon?: number | undefined;
  readonly value: YamlNode;
}

/** A sequence, block or flow. */
export interface YamlSequence extends YamlNodeBase {
  readonly kind: "sequence";
  readonly flow: boolean;
  readonly items: readonly YamlNode[];
}

/** A scalar with its quotes. An absent value is plain and empty, and stands where one would be written. */
export interface YamlScalar extends YamlNodeBase {
  readonly kind: "scalar";
  readonly style: "plain" | "single" | "double" | "block";
  readonly value: string;
  /** Where the `|` or `>` of a block scalar stands, if that is known; it starts in the line below. */
  readonly header?: number | undefined;
}

/** A reference to an anchor, as `*name`. */
export interface YamlAlias extends YamlNodeBase {
  readonly kind: "alias";
  readonly name: string;
}

/** A document of a YAML stream. */
export interface YamlDocument {
  readonly root: YamlNode;
  /** All nodes with an anchor, in the order of the text. */
  readonly anchored: readonly YamlNode[];
}

/**
 * Reads all documents of a YAML text as trees that know their place in the text. Size and depth are
 * limited. Throws {@link EditError} `invalid-yaml` for what does not parse and `unsupported-yaml`
 * where a place cannot be known.
 */
export function parseYamlDocuments(text: string): readonly YamlDocument[] {
  const reader: Reader = { text, events: parseYamlEvents(text), next: 0, cursor: 0, anchored: [] };
  const documents: YamlDocument[] = [];
  while (reader.next < reader.events.length) {
    takeEvent(reader);
    reader.anchored = [];
    documents.push({ root: readNode(reader, reader.cursor), anchored: reader.anchored });
    takeEvent(reader);
  }
  return documents;
}

/** Moves over white space, line breaks and comments. */
function skipTrivia(text: string, start: number): number {
  let offset = start;
  for (;;) {
    const character = text.charAt(offset);
    const isComment = character === "#" && /^[ \t\r\n]?$/.test(text.charAt(offset - 1));
    if (isComment) offset = endOfLine(text, offset);
    else if (/[ \t\r\n]/.test(character)) offset += 1;
    else return offset;
  }
}

/** The offset of the line break that ends the line, or of the end of the text. */
export function endOfLine(text: string, start: number): number {
  let offset = start;
  while (offset < text.length && !/[\r\n]/.test(text.charAt(offset))) offset += 1;
  return offset;
}

interface Reader {
  readonly text: string;
  readonly events: readonly Event[];
  next: number;
  /** Behind what was read last. */
  cursor: number;
  anchored: YamlNode[];
}

const STYLES: Readonly<Record<ScalarStyle, YamlScalar["style"]>> = {
  [SCALAR_STYLE.PLAIN]: "plain",
  [SCALAR_STYLE.SINGLE_QUOTED]: "single",
  [SCALAR_STYLE.DOUBLE_QUOTED]: "double",
  [SCALAR_STYLE.LITERAL_BLOCK]: "block",
  [SCALAR_STYLE.FOLDED_BLOCK]: "block",
};

function takeEvent(reader: Reader): Event {
  const event = reader.events[reader.next];
  if (event === undefined) throw new EditError("invalid-yaml", "the YAML ends too early");
  reader.next += 1;
  return event;
}

function atEnd(reader: Reader): boolean {
  return reader.events[reader.next]?.type === EVENT_ID.POP;
}

/** Reads a node; `place` is where it would be written if it is absent. */
function readNode(reader: Reader, place: number): YamlNode {
  const event = takeEvent(reader);
  const reserved = reader.anchored.length;
  const node = readEvent(reader, event, place);
  reader.cursor = Math.max(reader.cursor, node.end);
  if (node.anchor !== undefined) reader.anchored.splice(reserved, 0, node);
  return node;
}

function readEvent(reader: Reader, event: Event, place: number): YamlNode {
  if (event.type === EVENT_ID.SCALAR) return readScalar(reader, event, place);
  if (event.type === EVENT_ID.MAPPING) return readMapping(reader, event);
  if (event.type === EVENT_ID.SEQUENCE) return readSequence(reader, event);
  if (event.type === EVENT_ID.ALIAS) return readAlias(reader, event);
  throw new EditError("invalid-yaml", "the YAML has no node where one must be");
}

function readAlias({ text }: Reader, { anchorStart, anchorEnd }: AliasEvent): YamlAlias {
  const start = anchorStart - 1;
  const name = text.slice(anchorStart, anchorEnd);
  return { kind: "alias", start, end: anchorEnd, outerStart: start, name };
}

function readScalar(reader: Reader, event: ScalarEvent, place: number): YamlScalar {
  const style = STYLES[event.style];
  const value = getScalarValue(reader.text, event);
  const quote = style === "single" || style === "double" ? 1 : 0;
  const isAbsent = event.valueStart < 0;
  const absentAt = Math.max(place, event.anchorEnd, event.tagEnd);
  const start = isAbsent ? absentAt : event.valueStart - quote;
  const end = isAbsent ? absentAt : event.valueEnd + quote;
  const header = style === "block" ? headerAt(reader.text, absentAt) : undefined;
  return { kind: "scalar", style, value, start, end, header, ...properties(reader, event, start) };
}

function headerAt(text: string, place: number): number | undefined {
  const header = skipTrivia(text, place);
  return /[|>]/.test(text.charAt(header)) ? header : undefined;
}

function readMapping(reader: Reader, event: MappingEvent): YamlMapping {
  const flow = event.style === COLLECTION_STYLE.FLOW;
  const hasBraces = flow && reader.text.charAt(event.start) === "{";
  reader.cursor = event.start + (hasBraces ? 1 : 0);
  const entries: YamlEntry[] = [];
  while (!atEnd(reader)) entries.push(readEntry(reader, flow));
  takeEvent(reader);
  const end = hasBraces ? readClosing(reader, "}") : reader.cursor;
  const node = { start: event.start, end, ...properties(reader, event, event.start) };
  return { kind: "mapping", flow, entries, ...node };
}

function readEntry(reader: Reader, flow: boolean): YamlEntry {
  const key = readNode(reader, reader.cursor);
  const separator = flow ? skipTrivia(reader.text, key.end) : skipBlanks(reader.text, key.end);
  const colon = reader.text.charAt(separator) === ":" ? separator : undefined;
  reader.cursor = colon === undefined ? key.end : colon + 1;
  return { key, colon, value: readNode(reader, reader.cursor) };
}

function readSequence(reader: Reader, event: SequenceEvent): YamlSequence {
  const flow = event.style === COLLECTION_STYLE.FLOW;
  reader.cursor = event.start + (flow ? 1 : 0);
  const items: YamlNode[] = [];
  while (!atEnd(reader)) {
    items.push(readNode(reader, flow ? reader.cursor : readDash(reader)));
  }
  takeEvent(reader);
  const end = flow ? readClosing(reader, "]") : reader.cursor;
  const node = { start: event.start, end, ...properties(reader, event, event.start) };
  return { kind: "sequence", flow, items, ...node };
}

function readDash(reader: Reader): number {
  const dash = skipTrivia(reader.text, reader.cursor);
  if (reader.text.charAt(dash) !== "-") throw unknownPlace(reader.text, dash);
  return dash + 1;
}

function readClosing(reader: Reader, bracket: string): number {
  let offset = skipTrivia(reader.text, reader.cursor);
  while (/[,:?]/.test(reader.text.charAt(offset))) offset = skipTrivia(reader.text, offset + 1);
  if (reader.text.charAt(offset) !== bracket) throw unknownPlace(reader.text, offset);
  return offset + 1;
}

function skipBlanks(text: string, start: number): number {
  let offset = start;
  while (/[ \t]/.test(text.charAt(offset))) offset += 1;
  return offset;
}

function properties(
  { text }: Reader,
  event: ScalarEvent | MappingEvent | SequenceEvent,
  start: number,
): Pick<YamlNodeBase, "anchor" | "tag" | "outerStart"> {
  const { anchorStart, anchorEnd, tagStart, tagEnd } = event;
  const hasAnchor = anchorStart >= 0;
  const hasTag = tagStart >= 0;
  return {
    outerStart: Math.min(start, hasAnchor ? anchorStart - 1 : start, hasTag ? tagStart : start),
    anchor: hasAnchor ? text.slice(anchorStart, anchorEnd) : undefined,
    tag: hasTag ? text.slice(tagStart, tagEnd) : undefined,
  };
}

function unknownPlace(text: string, offset: number): EditError {
  const line = text.slice(0, offset).split(/\r\n|\n|\r/).length;
  return new EditError("unsupported-yaml", `line ${line} holds YAML that cannot be edited safely`);
}
