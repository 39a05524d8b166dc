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
