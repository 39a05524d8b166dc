import { isPrintable } from "../format/quote.js";
import { encodeText } from "../utf8.js";

/** Go's `html`: what is special in HTML as a character reference. */
export function escapeHtml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- NUL is one of the characters to replace
  return text.replace(/[\u0000"'&<>]/g, (character) => HTML.get(character) ?? character);
}

/** Go's `js`: fit for a string literal of JavaScript. */
export function escapeJavaScript(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001f\\'"<>&=]|[^\u0000-\u007f]/gu, escapeCharacter);
}

/** Go's `urlquery`: fit for a value in the query of a URL. */
export function escapeQuery(text: string): string {
  return text.replace(/[^A-Za-z0-9_.~-]+/g, (part) =>
    Array.from(encodeText(part), (byte) => (byte === 0x20 ? "+" : `%${hexadecimal(byte, 2)}`)).join(
      "",
    ),
  );
}

const HTML: ReadonlyMap<string, string> = new Map([
  ["\u0000", "\uFFFD"],
  ['"', "&#34;"],
  ["'", "&#39;"],
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);

const JAVASCRIPT: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["'", "\\'"],
  ['"', '\\"'],
]);

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x80 && isPrintable(character)) return character;
  return JAVASCRIPT.get(character) ?? `\\u${hexadecimal(code, 4)}`;
}

function hexadecimal(code: number, length: number): string {
  return code.toString(16).toUpperCase().padStart(length, "0");
}
