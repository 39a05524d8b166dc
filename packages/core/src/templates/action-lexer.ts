import { addError, addToken, isSpace, skipSpaces, type LexerState } from "./lexer-state.js";
import type { TokenKind } from "./template-token.js";

/**
 * Reads the tokens of one action, from behind its opening delimiter to behind its closing one.
 * `false` when the template ends here, by an error.
 */
export function lexAction(state: LexerState): boolean {
  let parentheses = 0;
  for (;;) {
    skipToToken(state);
    const closing = closingLength(state);
    if (closing !== undefined) {
      return parentheses === 0
        ? closeAction(state, closing)
        : addError(state, 'a "(" is not closed before the end of the action');
    }
    const character = state.text[state.offset];
    if (character === "(") parentheses += 1;
    if (character === ")") parentheses -= 1;
    if (parentheses < 0) return addError(state, 'there is no "(" for this ")"');
    if (!lexToken(state, character)) return false;
  }
}

function skipToToken(state: LexerState): void {
  const start = skipSpaces(state.text, state.offset);
  state.spaced = start > state.offset;
  state.offset = start;
}

/** The length of the delimiter here; a trim marker only counts behind white space. */
function closingLength({ text, offset, spaced }: LexerState): number | undefined {
  if (text.startsWith("}}", offset)) return 2;
  return spaced && text.startsWith("-}}", offset) ? 3 : undefined;
}

function closeAction(state: LexerState, length: number): true {
  const end = state.offset + length;
  addToken(state, "close", end);
  if (length === 3) state.offset = skipSpaces(state.text, end);
  return true;
}

const PUNCTUATION: ReadonlyMap<string, TokenKind> = new Map([
  ["=", "assign"],
  ["|", "pipe"],
  ["(", "open-parenthesis"],
  [")", "close-parenthesis"],
]);

function lexToken(state: LexerState, character: string | undefined): boolean {
  if (character === undefined) return addError(state, 'the action is not closed with "}}"');
  const punctuation = PUNCTUATION.get(character);
  if (punctuation !== undefined) return add(state, punctuation, state.offset + 1);
  switch (character) {
    case ":":
      return lexDeclaration(state);
    case '"':
      return lexQuoted(state, "string");
    case "'":
      return lexQuoted(state, "character-constant");
    case "`":
      return lexRawString(state);
    case "$":
      return lexWord(state, "variable", state.offset + 1);
    default:
      return lexFieldOrNumber(state, character);
  }
}

function add(state: LexerState, kind: TokenKind, end: number): true {
  addToken(state, kind, end);
  return true;
}

function lexDeclaration(state: LexerState): boolean {
  if (state.text[state.offset + 1] !== "=") return addError(state, 'expected ":="');
  return add(state, "declare", state.offset + 2);
}

function lexQuoted(state: LexerState, kind: "string" | "character-constant"): boolean {
  const { text, offset } = state;
  const quote = text[offset];
  for (let end = offset + 1; end < text.length; end += 1) {
    if (text[end] === quote) return add(state, kind, end + 1);
    if (text[end] === "\\") end += 1;
    if (text[end] === "\n") break;
  }
  return addError(state, `the quote ${quote} is not closed on its line`);
}

function lexRawString(state: LexerState): boolean {
  const end = state.text.indexOf("`", state.offset + 1);
  if (end < 0) return addError(state, "the quote ` is not closed");
  return add(state, "raw-string", end + 1);
}

const WORD = /[\p{L}\p{Nd}_]+/uy;

function lexWord(state: LexerState, kind: TokenKind, start: number): boolean {
  const end = matchEnd(WORD, state.text, start) ?? start;
  if (!isTerminator(state.text, end)) return addBadCharacter(state, end);
  const empty = end === state.offset + 1 && kind === "field";
  return add(state, empty ? "dot" : kind, end);
}

function lexFieldOrNumber(state: LexerState, character: string): boolean {
  const next = state.text[state.offset + 1];
  if (character === "." && next !== undefined && !/[0-9]/.test(next)) {
    return lexWord(state, "field", state.offset + 1);
  }
  if (/[-+.0-9]/.test(character)) return lexNumber(state);
  const end = matchEnd(WORD, state.text, state.offset);
  if (end !== undefined) {
    return lexWord(state, wordKind(state.text.slice(state.offset, end)), state.offset);
  }
  if (/[!-~]/.test(character)) return add(state, "character", state.offset + 1);
  return addBadCharacter(state, state.offset);
}

const KEYWORDS: ReadonlySet<string> = new Set([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "nil",
  "template",
  "with",
]);

function wordKind(word: string): TokenKind {
  if (KEYWORDS.has(word)) return "keyword";
  return word === "true" || word === "false" ? "boolean" : "identifier";
}

/** Takes too much, as Go does; what is no number after all is refused when it is converted. */
const NUMBER =
  /[-+]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)i?/y;

function lexNumber(state: LexerState): boolean {
  const end = matchEnd(NUMBER, state.text, state.offset) ?? state.offset;
  const next = state.text[end];
  if (matchEnd(WORD, state.text, end) !== undefined || next === "+" || next === "-") {
    return addError(
      state,
      `${JSON.stringify(state.text.slice(state.offset, end + 1))} is no number`,
    );
  }
  return add(state, "number", end);
}

/** Where the sticky pattern stops to match, if it matches at `offset`. */
function matchEnd(pattern: RegExp, text: string, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Whether a word may end here, so that `$x+2` is refused rather than misread. */
function isTerminator(text: string, offset: number): boolean {
  const character = text[offset];
  if (character === undefined || isSpace(character)) return true;
  return ".,|:()".includes(character) || text.startsWith("}}", offset);
}

function addBadCharacter(state: LexerState, offset: number): false {
  const character = String.fromCodePoint(state.text.codePointAt(offset) ?? 0);
  state.offset = offset;
  return addError(state, `${JSON.stringify(character)} cannot stand here`);
}
