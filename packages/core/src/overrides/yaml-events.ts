import { EVENT_ID, parseEvents, YAMLException, type Event } from "js-yaml";
import { EditError } from "../errors/edit-error.js";

/**
 * Parses YAML into events whose offsets point into the text. Throws {@link EditError}
 * `invalid-yaml` with the line, never with its content.
 *
 * Reads what go-yaml reads although YAML 1.2 forbids it: lines of a flow collection or a quoted
 * scalar that are indented no deeper than their key. Such lines are padded for the parser and the
 * offsets are taken back.
 */
export function parseYamlEvents(text: string): readonly Event[] {
  if (text.length > MAXIMUM_LENGTH) {
    throw new EditError("unsupported-yaml", `the file is longer than ${MAXIMUM_LENGTH} characters`);
  }
  const paddings: number[] = [];
  let parsed = 0;
  for (;;) {
    const padded = pad(text, paddings);
    parsed += padded.length;
    const result = tryParse(padded);
    if (result.kind === "parsed") return moveBack(result.events, paddings);
    const offset = withoutPaddings(result.offset, paddings);
    const lineStart = startOfLine(text, offset);
    const isIndentation = result.reason === "deficient indentation" && offset < text.length;
    if (!isIndentation || parsed > MAXIMUM_PARSED || paddings.includes(lineStart)) {
      const line = text.slice(0, offset).split(/\r\n|\n|\r/).length;
      throw new EditError("invalid-yaml", `line ${line} is not valid YAML: ${result.reason}`);
    }
    paddings.push(lineStart);
    paddings.sort((left, right) => left - right);
  }
}

const MAXIMUM_LENGTH = 4_194_304;
/** Every padding parses the text once more; this many characters in all are enough. */
const MAXIMUM_PARSED = 20_000_000;
const PADDING = " ".repeat(100);

type ParseResult =
  | { readonly kind: "parsed"; readonly events: readonly Event[] }
  | { readonly kind: "failed"; readonly reason: string; readonly offset: number };

function tryParse(text: string): ParseResult {
  try {
    return { kind: "parsed", events: parseEvents(text, {}) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { kind: "failed", reason: error.reason, offset: error.mark?.position ?? 0 };
  }
}

function pad(text: string, paddings: readonly number[]): string {
  const starts = [0, ...paddings];
  return starts.map((start, index) => text.slice(start, starts[index + 1])).join(PADDING);
}

function startOfLine(text: string, offset: number): number {
  const before = text.slice(0, offset);
  return Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r")) + 1;
}

function withoutPaddings(offset: number, paddings: readonly number[]): number {
  let added = 0;
  for (const padding of paddings) {
    if (offset <= padding + added) break;
    added += Math.min(PADDING.length, offset - padding - added);
  }
  return offset - added;
}

function moveBack(events: readonly Event[], paddings: readonly number[]): readonly Event[] {
  if (paddings.length === 0) return events;
  return events.map((event) => moveEvent(event, (offset) => withoutPaddings(offset, paddings)));
}

function moveEvent(event: Event, move: (offset: number) => number): Event {
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return event;
  const anchor = { anchorStart: move(event.anchorStart), anchorEnd: move(event.anchorEnd) };
  if (event.type === EVENT_ID.ALIAS) return { ...event, ...anchor };
  const properties = { ...anchor, tagStart: move(event.tagStart), tagEnd: move(event.tagEnd) };
  if (event.type !== EVENT_ID.SCALAR) return { ...event, ...properties, start: move(event.start) };
  const value = { valueStart: move(event.valueStart), valueEnd: move(event.valueEnd) };
  return { ...event, ...properties, ...value };
}
