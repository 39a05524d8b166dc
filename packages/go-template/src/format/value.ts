import { pad, type Directive } from "./directive.js";
import { formatFloat } from "./float.js";
import { formatInteger } from "./integer.js";
import { canBackquote, quoteText } from "./quote.js";
import type { BoundedText } from "../limits.js";
import { encodeText } from "../utf8.js";
import { sortedEntries, stringValue, type TemplateValue, typeName } from "../value.js";

/** Writes a value as Go's `fmt.Printf` does for one directive, complaints about the verb included. */
export function formatValue(output: BoundedText, directive: Directive, value: TemplateValue): void {
  if (!writeValue(output, directive, value)) complain(output, directive, value);
}

/** `false`, with nothing written, when the verb is none for such a value. */
function writeValue(output: BoundedText, directive: Directive, value: TemplateValue): boolean {
  if (directive.verb === "T") return writeType(output, directive, value);
  switch (value.kind) {
    case "nil":
      return writeNil(output, directive);
    case "bool":
      return writeBoolean(output, directive, value.value);
    case "int":
      return formatInteger(output, directive, value);
    case "float":
      return formatFloat(output, directive, value.value);
    case "string":
      return writeText(output, directive, value.value);
    case "list":
    case "map":
    case "struct":
      break;
  }
  return writeCollection(output, directive, value);
}

function complain(output: BoundedText, directive: Directive, value: TemplateValue): void {
  output.append(`%!${directive.verb}(${typeName(value)}=`);
  formatValue(output, { ...directive, verb: "v", fieldNames: false }, value);
  output.append(")");
}

function writeType(output: BoundedText, directive: Directive, value: TemplateValue): boolean {
  if (value.kind === "nil") return writeNil(output, directive);
  return writeText(output, { ...directive, verb: "s" }, typeName(value));
}

function writeNil(output: BoundedText, directive: Directive): true {
  if (directive.verb === "v" || directive.verb === "T") pad(output, directive, "<nil>");
  else output.append(`%!${directive.verb}(<nil>)`);
  return true;
}

function writeBoolean(output: BoundedText, directive: Directive, value: boolean): boolean {
  if (directive.verb !== "v" && directive.verb !== "t") return false;
  pad(output, directive, String(value));
  return true;
}

function writeText(output: BoundedText, directive: Directive, text: string): boolean {
  switch (directive.verb) {
    case "v":
    case "s":
      pad(output, directive, truncate(text, directive.precision));
      return true;
    case "q":
      writeQuoted(output, directive, truncate(text, directive.precision));
      return true;
    case "x":
    case "X":
      writeBytes(output, directive, text);
      return true;
    default:
      return false;
  }
}

function truncate(text: string, precision: number | undefined): string {
  if (precision === undefined || text.length <= precision) return text;
  // Each code point takes at most two units, so the rest cannot matter.
  return Array.from(text.slice(0, precision * 2))
    .slice(0, precision)
    .join("");
}

function writeQuoted(output: BoundedText, directive: Directive, text: string): void {
  const raw = directive.sharp && canBackquote(text);
  pad(output, directive, raw ? `\`${text}\`` : quoteText(text, directive.plus));
}

function writeBytes(output: BoundedText, directive: Directive, text: string): void {
  const bytes = encodeText(text).slice(0, directive.precision);
  const separator = directive.space ? " " : "";
  const prefix = directive.sharp ? "0x" : "";
  const between = directive.space ? `${separator}${prefix}` : "";
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(between);
  const result = bytes.length === 0 ? "" : `${prefix}${digits}`;
  pad(output, directive, directive.verb === "X" ? result.toUpperCase() : result);
}

type Collection = Extract<TemplateValue, { kind: "list" | "map" | "struct" }>;

function writeCollection(output: BoundedText, directive: Directive, value: Collection): boolean {
  if (directive.verb === "w" || directive.verb === "p") return false;
  const [open, close] = BRACKETS[value.kind];
  output.append(open);
  for (const [index, [key, element]] of elements(value, directive).entries()) {
    if (index > 0) output.append(" ");
    if (key !== undefined) {
      if (value.kind === "map") formatValue(output, directive, stringValue(key));
      else output.append(key);
      output.append(":");
    }
    formatValue(output, directive, element);
  }
  output.append(close);
  return true;
}

const BRACKETS: Readonly<Record<Collection["kind"], readonly [string, string]>> = {
  list: ["[", "]"],
  map: ["map[", "]"],
  struct: ["{", "}"],
};

function elements(
  value: Collection,
  directive: Directive,
): readonly (readonly [string | undefined, TemplateValue])[] {
  switch (value.kind) {
    case "list":
      return value.items.map((item) => [undefined, item]);
    case "map":
      return sortedEntries(value).map(([key, text]) => [key, stringValue(text)]);
    case "struct":
      break;
  }
  return [...value.fields].map(([name, field]) => [directive.fieldNames ? name : undefined, field]);
}
