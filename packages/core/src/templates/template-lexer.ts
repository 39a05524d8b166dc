import { lexAction } from "./action-lexer.js";
import { addError, addToken, isSpace, skipSpaces, type LexerState } from "./lexer-state.js";
import type { Token } from "./template-token.js";

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
