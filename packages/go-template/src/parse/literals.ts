import { decodeText } from "../utf8.js";
import { floatValue, intValue, type TemplateValue } from "../value.js";

/** A literal, or why it is none; the reason is the end of a sentence that starts with it. */
type LiteralResult =
  | { readonly kind: "value"; readonly value: TemplateValue }
  | { readonly kind: "invalid"; readonly reason: string };

/** The string that a quoted or backquoted literal of Go stands for; `undefined` if it is none. */
export function readStringLiteral(literal: string): string | undefined {
  if (literal.startsWith("`")) return literal.slice(1, -1).replaceAll("\r", "");
  const parts: string[] = [];
  let bytes: number[] = [];
  function flush(): boolean {
    const text = bytes.length === 0 ? "" : decodeText(Uint8Array.from(bytes));
    bytes = [];
    parts.push(text ?? "");
    return text !== undefined;
  }
  for (let offset = 1; offset < literal.length - 1;) {
    const character = readCharacter(literal, offset, '"');
    if (character === undefined) return undefined;
    offset += character.length;
    if (character.isByte) {
      bytes.push(character.code);
    } else {
      if (!flush()) return undefined;
      parts.push(String.fromCodePoint(character.code));
    }
  }
  return flush() ? parts.join("") : undefined;
}

/** The value of a number or of a character constant of Go. */
export function readNumberLiteral(literal: string): LiteralResult {
  if (literal.startsWith("'")) return readCharacterConstant(literal);
  if (literal.endsWith("i")) return invalid("is a complex number, which is not supported");
  const integer = readInteger(literal);
  if (integer !== undefined) return checkRange(integer);
  if (/^[-+]?0[xX]/.test(literal) && /[pP]/.test(literal)) {
    return invalid("is a hexadecimal floating-point number, which is not supported");
  }
  if (!DECIMAL.test(literal)) return invalid("is not a number");
  if (!/[.eE]/.test(literal)) return invalid("is not an integer: a leading 0 makes it octal");
  const float = Number(literal.replaceAll("_", ""));
  return Number.isFinite(float) ? valid(floatValue(float)) : invalid("is too large");
}

const DECIMAL =
  /^[-+]?(?:[0-9](?:_?[0-9])*\.?|(?:[0-9](?:_?[0-9])*)?\.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/;

interface LiteralCharacter {
  readonly code: number;
  /** A byte of UTF-8, as `\xff` and `\377` in a string, rather than a code point. */
  readonly isByte: boolean;
  /** How much of the literal it takes. */
  readonly length: number;
}

const SIMPLE_ESCAPES: ReadonlyMap<string, number> = new Map([
  ["a", 0x07],
  ["b", 0x08],
  ["f", 0x0c],
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
  ["v", 0x0b],
  ["\\", 0x5c],
]);

const NUMERIC_ESCAPE = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y;

function readCharacter(text: string, offset: number, quote: string): LiteralCharacter | undefined {
  const code = text.codePointAt(offset);
  if (code === undefined || code === 0x0a || text[offset] === quote) return undefined;
  if (text[offset] !== "\\") return { code, isByte: false, length: code > 0xffff ? 2 : 1 };
  const escaped = text[offset + 1] ?? "";
  const simple = escaped === quote ? quote.charCodeAt(0) : SIMPLE_ESCAPES.get(escaped);
  if (simple !== undefined) return { code: simple, isByte: false, length: 2 };
  NUMERIC_ESCAPE.lastIndex = offset;
  const match = NUMERIC_ESCAPE.exec(text);
  if (match === null) return undefined;
  const [whole, hexadecimal, octal, short, long] = match;
  const byte = hexadecimal === undefined ? octal : hexadecimal;
  const value = Number.parseInt(byte ?? short ?? long ?? "", octal === undefined ? 16 : 8);
  const isByte = byte !== undefined;
  return isValidCode(value, isByte) ? { code: value, isByte, length: whole.length } : undefined;
}

function isValidCode(code: number, isByte: boolean): boolean {
  if (isByte) return code <= 0xff;
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

function readCharacterConstant(literal: string): LiteralResult {
  const character = readCharacter(literal, 1, "'");
  if (character === undefined || character.length !== literal.length - 2) {
    return invalid("is not a character constant: it takes exactly one character");
  }
  return valid(intValue(character.code));
}

/** More than any 64-bit integer needs; what is longer is not worth converting. */
const MAXIMUM_DIGITS = 100;

const INTEGER =
  /^([-+]?)(0[xX]_?[0-9a-fA-F]|0[oO]_?[0-7]|0[bB]_?[01]|0_?[0-7]|[0-9])(_?[0-9a-fA-F])*$/;
const DIGITS: ReadonlyMap<string, RegExp> = new Map([
  ["0x", /^[0-9a-f]+$/],
  ["0o", /^[0-7]+$/],
  ["0b", /^[01]+$/],
]);

function readInteger(literal: string): bigint | undefined {
  if (!INTEGER.test(literal)) return undefined;
  const negative = literal.startsWith("-");
  const unsigned = literal.replace(/^[-+]/, "").replaceAll("_", "").toLowerCase();
  if (unsigned.length > MAXIMUM_DIGITS) return undefined;
  const octal = /^0[0-9]/.test(unsigned);
  const normal = octal ? `0o${unsigned.slice(1)}` : unsigned;
  const digits = DIGITS.get(normal.slice(0, 2));
  const fits = digits === undefined ? /^[0-9]+$/.test(normal) : digits.test(normal.slice(2));
  if (!fits) return undefined;
  const magnitude = BigInt(normal);
  return negative ? -magnitude : magnitude;
}

function checkRange(value: bigint): LiteralResult {
  if (BigInt.asIntN(64, value) !== value) return invalid("is too large for a 64-bit integer");
  return valid(intValue(value));
}

function valid(value: TemplateValue): LiteralResult {
  return { kind: "value", value };
}

function invalid(reason: string): LiteralResult {
  return { kind: "invalid", reason };
}
