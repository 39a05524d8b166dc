/** What a token is; `character` is any other printable ASCII character, such as a comma. */
export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "open-parenthesis"
  | "close-parenthesis"
  | "pipe"
  | "declare"
  | "assign"
  | "dot"
  | "field"
  | "variable"
  | "identifier"
  | "keyword"
  | "boolean"
  | "number"
  | "character-constant"
  | "string"
  | "raw-string"
  | "character"
  | "error"
  | "end";

/** A token of a template. Of an `error`, the text is the message. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
  /** Whether white space stands before it, which is what separates operands. */
  readonly spaced: boolean;
}

/** Tokens, read one after the other. */
export interface TokenCursor {
  /** The next token, which is not taken. */
  peek(): Token;
  /** The token after the next one. */
  peekSecond(): Token;
  take(): Token;
}

/** A cursor at the first token. At the end it goes on answering with the last token. */
export function createTokenCursor(tokens: readonly Token[]): TokenCursor {
  const last: Token = { kind: "end", text: "", offset: 0, spaced: false };
  let index = 0;
  function at(position: number): Token {
    return tokens[position] ?? tokens.at(-1) ?? last;
  }
  return {
    peek: () => at(index),
    peekSecond: () => at(index + 1),
    take(): Token {
      const token = at(index);
      index += 1;
      return token;
    },
  };
}

/** How a message names a token. */
export function describeToken(token: Token): string {
  if (token.kind === "end") return "end of the template";
  return token.kind === "text" ? "text" : JSON.stringify(token.text);
}

/** Where the lexer is; `spaced` is whether white space was just skipped. */
interface LexerState {
  readonly text: string;
  readonly tokens: Token[];
  offset: number;
  spaced: boolean;
}

/** Adds the token that ends at `end` and moves there. */
function addToken(state: LexerState, kind: TokenKind, end: number): void {
  const { text, offset, spaced } = state;
  state.tokens.push({ kind, text: text.slice(offset, end), offset, spaced });
  state.offset = end;
  state.spaced = false;
}

/** Adds the token that ends the template for a reason; always `false`, as there is nothing more. */
function addError(state: LexerState, message: string): false {
  state.tokens.push({ kind: "error", text: message, offset: state.offset, spaced: false });
  return false;
}

/** Go's white space inside of an action. */
function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\r" || character === "\n";
}

/** The first offset from `offset` on that is not white space. */
function skipSpaces(text: string, offset: number): number {
  let end = offset;
  while (isSpace(text[end])) end += 1;
  return end;
}

/**
 * Splits a template into tokens, with Go's rules for trim markers and comments.
 *
 * What cannot be split is a last token of kind `error`, so that the parser may complain about
 * something earlier first. Takes time linear in the length of the text.
 */
export function lexTemplate(text: string): readonly Token[] {
  const state: LexerState = { text, tokens: [], offset: 0, spaced: false };
  while (lexText(state) && lexAction(state));
  return state.tokens;
}

/** Reads text and comments up to the inside of an action. `false` at the end of the template. */
function lexText(state: LexerState): boolean {
  const { text } = state;
  for (;;) {
    const open = text.indexOf("{{", state.offset);
    if (open < 0) {
      addText(state, text.length);
      addToken(state, "end", text.length);
      return false;
    }
    const trims = text[open + 2] === "-" && isSpace(text[open + 3]);
    addText(state, trims ? trimEnd(text, state.offset, open) : open);
    state.offset = open;
    const inside = open + (trims ? 4 : 2);
    if (!text.startsWith("/*", inside)) {
      addToken(state, "open", inside);
      return true;
    }
    const end = endOfComment(state, inside + 2);
    if (end === undefined) return false;
    state.offset = end;
  }
}

function addText(state: LexerState, end: number): void {
  if (end > state.offset) addToken(state, "text", end);
}

function endOfComment(state: LexerState, start: number): number | undefined {
  const { text } = state;
  const end = text.indexOf("*/", start);
  if (end < 0) {
    addError(state, "the comment is not closed");
    return undefined;
  }
  if (text.startsWith("}}", end + 2)) return end + 4;
  if (isSpace(text[end + 2]) && text.startsWith("-}}", end + 3)) {
    return skipSpaces(text, end + 6);
  }
  addError(state, 'a comment ends with "*/}}" or "*/ -}}"');
  return undefined;
}

function trimEnd(text: string, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && isSpace(text[trimmed - 1])) trimmed -= 1;
  return trimmed;
}

/**
 * Reads the tokens of one action, from behind its opening delimiter to behind its closing one.
 * `false` when the template ends here, by an error.
 */
function lexAction(state: LexerState): boolean {
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

/** Takes too much, as Go does; what is not a number after all is refused when it is converted. */
const NUMBER =
  /[-+]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?)i?/y;

function lexNumber(state: LexerState): boolean {
  const end = matchEnd(NUMBER, state.text, state.offset) ?? state.offset;
  const next = state.text[end];
  if (matchEnd(WORD, state.text, end) !== undefined || next === "+" || next === "-") {
    return addError(
      state,
      `${JSON.stringify(state.text.slice(state.offset, end + 1))} is not a number`,
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
