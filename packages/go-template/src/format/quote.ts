const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Whether Go prints the code point as it is; the only space it counts in is the ASCII one. */
export function isPrintable(character: string): boolean {
  return PRINTABLE.test(character);
}

/** A Go string literal for the text, as `%q` writes it; `asciiOnly` as `%+q`. */
export function quoteText(text: string, asciiOnly: boolean): string {
  return `"${Array.from(text, (character) => quoteCharacter(character, '"', asciiOnly)).join("")}"`;
}

/** A Go character constant for a code point, as `%q` writes an integer. */
export function quoteCodePoint(code: bigint, asciiOnly: boolean): string {
  return `'${quoteCharacter(characterOf(code), "'", asciiOnly)}'`;
}

/** The character of a code point; U+FFFD when there is none. */
export function characterOf(code: bigint): string {
  const known = code >= 0n && code <= 0x10ffffn && (code < 0xd800n || code > 0xdfffn);
  return known ? String.fromCodePoint(Number(code)) : "\uFFFD";
}

/** Whether a text can stand between backquotes. */
export function canBackquote(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[\u0000-\u0008\u000a-\u001f`\u007f\ufeff\ud800-\udfff]/.test(
    text.replace(/[\u{10000}-\u{10ffff}]/gu, ""),
  );
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
]);

function quoteCharacter(character: string, quote: string, asciiOnly: boolean): string {
  if (character === quote) return `\\${quote}`;
  const named = NAMED.get(character);
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  if (isPrintable(character) && (code < 0x80 || !asciiOnly)) return character;
  if (code < 0x80) return `\\x${hexadecimal(code, 2)}`;
  return code < 0x10000 ? `\\u${hexadecimal(code, 4)}` : `\\U${hexadecimal(code, 8)}`;
}

function hexadecimal(code: number, length: number): string {
  return code.toString(16).padStart(length, "0");
}
