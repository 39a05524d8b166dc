import { pad, type Directive } from "./directive.js";
import { characterOf, isPrintable, quoteCodePoint } from "./quote.js";
import type { BoundedText } from "../limits.js";
import type { IntegerValue } from "../value.js";

/** The numeral systems of the verbs, with the prefix that `#` (for `%O`, always) adds. */
const SYSTEMS: ReadonlyMap<string, { readonly base: number; readonly prefix: string }> = new Map([
  ["v", { base: 10, prefix: "" }],
  ["d", { base: 10, prefix: "" }],
  ["b", { base: 2, prefix: "0b" }],
  ["o", { base: 8, prefix: "0" }],
  ["O", { base: 8, prefix: "0" }],
  ["x", { base: 16, prefix: "0x" }],
  ["X", { base: 16, prefix: "0X" }],
]);

/** Writes an integer as Go's `fmt` does; `false` when the verb is none for integers. */
export function formatInteger(
  output: BoundedText,
  directive: Directive,
  { value }: IntegerValue,
): boolean {
  const unsigned = BigInt.asUintN(64, value);
  const unpadded = { ...directive, zero: false };
  switch (directive.verb) {
    case "c":
      pad(output, directive, characterOf(unsigned));
      return true;
    case "q":
      pad(output, directive, quoteCodePoint(unsigned, directive.plus));
      return true;
    case "U":
      pad(output, unpadded, codePointName(directive, unsigned));
      return true;
    default:
  }
  if (!SYSTEMS.has(directive.verb)) return false;
  pad(output, unpadded, numeral(directive, value));
  return true;
}

function codePointName(directive: Directive, code: bigint): string {
  const length = Math.max(4, Math.min(directive.precision ?? 4, MAXIMUM_ZEROS));
  const name = `U+${code.toString(16).toUpperCase().padStart(length, "0")}`;
  const character = characterOf(code);
  const shown = directive.sharp && code <= 0x10ffffn && isPrintable(character);
  return shown ? `${name} '${character}'` : name;
}

/** A precision beyond this overflows the output anyway. */
const MAXIMUM_ZEROS = 2 * 1024 * 1024;

function numeral(directive: Directive, value: bigint): string {
  if (directive.precision === 0 && value === 0n) return "";
  const { base, prefix } = SYSTEMS.get(directive.verb) ?? { base: 10, prefix: "" };
  const magnitude = (value < 0n ? -value : value).toString(base);
  const cased = directive.verb === "X" ? magnitude.toUpperCase() : magnitude;
  const sign = signOf(directive, value < 0n);
  const digits = cased.padStart(Math.min(leastDigits(directive, sign), MAXIMUM_ZEROS), "0");
  const octal = directive.verb === "O" ? "0o" : "";
  const sharp = directive.sharp && !(base === 8 && digits.startsWith("0")) ? prefix : "";
  return `${sign}${octal}${sharp}${digits}`;
}

function signOf(directive: Directive, negative: boolean): string {
  if (negative) return "-";
  if (directive.plus) return "+";
  return directive.space ? " " : "";
}

function leastDigits(directive: Directive, sign: string): number {
  if (directive.precision !== undefined) return directive.precision;
  return directive.zero && !directive.minus ? directive.width - sign.length : 0;
}
