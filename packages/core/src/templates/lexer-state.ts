import type { Token, TokenKind } from "./template-token.js";

/** Where the lexer is; `spaced` is whether white space was just skipped. */
export interface LexerState {
  readonly text: string;
  readonly tokens: Token[];
  offset: number;
  spaced: boolean;
}

/** Adds the token that ends at `end` and moves there. */
export function addToken(state: LexerState, kind: TokenKind, end: number): void {
  const { text, offset, spaced } = state;
  state.tokens.push({ kind, text: text.slice(offset, end), offset, spaced });
  state.offset = end;
  state.spaced = false;
}

/** Adds the token that ends the template for a reason; always `false`, as there is nothing more. */
export function addError(state: LexerState, message: string): false {
  state.tokens.push({ kind: "error", text: message, offset: state.offset, spaced: false });
  return false;
}

/** Go's white space inside of an action. */
export function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\r" || character === "\n";
}

/** The first offset from `offset` on that is no white space. */
export function skipSpaces(text: string, offset: number): number {
  let end = offset;
  while (isSpace(text[end])) end += 1;
  return end;
}
