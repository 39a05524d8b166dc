import { plainDirective, type Directive } from "./directive.js";
import { formatValue } from "./value.js";
import { createBoundedText, executeError, type BoundedText } from "../limits.js";
import { type TemplateValue, typeName } from "../value.js";

/**
 * Formats as Go's `fmt.Sprintf`: flags, width, precision, `*`, explicit argument indexes, and its
 * complaints in the text (`%!d(string=hi)`, `%!s(MISSING)`, `%!(EXTRA string=hi)`).
 *
 * `%#v` is refused.
 */
export function formatValues(
  format: string,
  values: readonly TemplateValue[],
  offset: number,
): string {
  const reader: FormatReader = {
    format,
    values,
    offset,
    output: createBoundedText(offset),
    lastBracket: format.lastIndexOf("]"),
    position: 0,
    next: 0,
    validIndex: true,
    afterIndex: false,
    reordered: false,
  };
  for (;;) {
    const percent = format.indexOf("%", reader.position);
    reader.output.append(format.slice(reader.position, percent < 0 ? undefined : percent));
    if (percent < 0) break;
    reader.position = percent + 1;
    if (!writeDirective(reader)) break;
  }
  if (!reader.reordered) writeExtra(reader);
  return reader.output.toString();
}

interface FormatReader {
  readonly format: string;
  readonly values: readonly TemplateValue[];
  readonly offset: number;
  readonly output: BoundedText;
  /** Where no index can end behind, so that nothing is searched for in vain. */
  readonly lastBracket: number;
  position: number;
  /** The index of the value the next directive takes. */
  next: number;
  /** Whether the indexes of the current directive are in range and where they may be. */
  validIndex: boolean;
  /** Whether an index was just read. */
  afterIndex: boolean;
  /** Whether there was any index, so that values left over are not mistake. */
  reordered: boolean;
}

/** Writes what one directive stands for; `false` when the format ends before its verb. */
function writeDirective(reader: FormatReader): boolean {
  reader.validIndex = true;
  const flags = readFlags(reader);
  readIndex(reader);
  const width = readWidth(reader);
  const precision = readPrecision(reader);
  if (!reader.afterIndex) readIndex(reader);
  const code = reader.format.codePointAt(reader.position);
  if (code === undefined) {
    reader.output.append("%!(NOVERB)");
    return false;
  }
  const verb = String.fromCodePoint(code);
  reader.position += verb.length;
  const minus = flags.has("-") || width < 0;
  writeVerb(reader, {
    verb,
    minus,
    plus: flags.has("+") && verb !== "v",
    sharp: flags.has("#"),
    space: flags.has(" "),
    zero: flags.has("0") && !(width < 0),
    fieldNames: flags.has("+") && verb === "v",
    width: Math.abs(width),
    precision,
    offset: reader.offset,
  });
  return true;
}

function writeVerb(reader: FormatReader, directive: Directive): void {
  const { output, values, validIndex } = reader;
  if (directive.verb === "%") return output.append("%");
  if (!validIndex) return output.append(`%!${directive.verb}(BADINDEX)`);
  const value = values[reader.next];
  if (value === undefined) return output.append(`%!${directive.verb}(MISSING)`);
  if (directive.verb === "v" && directive.sharp) {
    throw executeError(reader.offset, 'printf does not support "%#v"; use "%v" or "%q"');
  }
  reader.next += 1;
  return formatValue(output, directive, value);
}

function writeExtra({ values, next, output, offset }: FormatReader): void {
  if (next >= values.length) return;
  output.append("%!(EXTRA ");
  for (const [index, value] of values.slice(next).entries()) {
    if (index > 0) output.append(", ");
    if (value.kind !== "nil") output.append(`${typeName(value)}=`);
    formatValue(output, plainDirective(offset), value);
  }
  output.append(")");
}

function readFlags(reader: FormatReader): ReadonlySet<string> {
  const flags = new Set<string>();
  for (;;) {
    const character = reader.format[reader.position] ?? "";
    if (character === "" || !"#0+- ".includes(character)) return flags;
    flags.add(character);
    reader.position += 1;
  }
}

/** The width, negative for a negative `*`; 0 without one. */
function readWidth(reader: FormatReader): number {
  if (reader.format[reader.position] === "*") {
    reader.position += 1;
    const width = takeInteger(reader);
    if (width === undefined) reader.output.append("%!(BADWIDTH)");
    reader.afterIndex = false;
    return width ?? 0;
  }
  const width = readNumber(reader);
  if (reader.afterIndex && width !== undefined) reader.validIndex = false;
  return width ?? 0;
}

function readPrecision(reader: FormatReader): number | undefined {
  const { format, position } = reader;
  if (format[position] !== "." || position + 1 >= format.length) return undefined;
  reader.position += 1;
  if (reader.afterIndex) reader.validIndex = false;
  readIndex(reader);
  if (format[reader.position] !== "*") return readNumber(reader) ?? 0;
  reader.position += 1;
  reader.afterIndex = false;
  const precision = takeInteger(reader);
  if (precision !== undefined && precision >= 0) return precision;
  reader.output.append("%!(BADPREC)");
  return undefined;
}

/** Go's bound for widths and precisions that come as values. */
const MAXIMUM_ARGUMENT = 1_000_000;

function takeInteger(reader: FormatReader): number | undefined {
  const value = reader.values[reader.next];
  if (value === undefined) return undefined;
  reader.next += 1;
  if (value.kind !== "int") return undefined;
  const number = Number(value.value);
  return Math.abs(number) > MAXIMUM_ARGUMENT ? undefined : number;
}

/** A number in the format; one that is absurdly long makes the format end here, as in Go. */
function readNumber(reader: FormatReader): number | undefined {
  const digits = /[0-9]*/y;
  digits.lastIndex = reader.position;
  const [text = ""] = digits.exec(reader.format) ?? [];
  if (Number(text.slice(0, -1)) > MAXIMUM_ARGUMENT) {
    reader.position = reader.format.length;
    return undefined;
  }
  reader.position += text.length;
  return text === "" ? undefined : Number(text);
}

/** Reads an explicit index, `[2]`, if there is one. */
function readIndex(reader: FormatReader): void {
  const { format, position, values, lastBracket } = reader;
  reader.afterIndex = false;
  if (format[position] !== "[") return;
  reader.reordered = true;
  const close = position > lastBracket ? -1 : format.indexOf("]", position);
  const digits = close < 0 ? "" : format.slice(position + 1, close);
  reader.position = close < 0 ? position + 1 : close + 1;
  const valid = /^[0-9]{1,7}$/.test(digits);
  const index = Number(digits) - 1;
  reader.afterIndex = valid;
  if (valid && index >= 0 && index < values.length) reader.next = index;
  else reader.validIndex = false;
}

/** The values as Go's `fmt.Sprint` joins them: a space between two of which none is a string. */
export function printValues(values: readonly TemplateValue[], offset: number): string {
  const output = createBoundedText(offset);
  for (const [index, value] of values.entries()) {
    const previous = values[index - 1];
    if (previous !== undefined && previous.kind !== "string" && value.kind !== "string") {
      output.append(" ");
    }
    formatValue(output, plainDirective(offset), value);
  }
  return output.toString();
}

/** The values as Go's `fmt.Sprintln` joins them: a space between each two, a newline behind. */
export function printLine(values: readonly TemplateValue[], offset: number): string {
  const output = createBoundedText(offset);
  for (const [index, value] of values.entries()) {
    if (index > 0) output.append(" ");
    formatValue(output, plainDirective(offset), value);
  }
  output.append("\n");
  return output.toString();
}
