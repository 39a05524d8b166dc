import { TemplateError } from "../errors/template-error.js";
import { maximumNesting, tooLarge } from "./template-limits.js";
import type { TemplateNode } from "./template-node.js";
import { describeToken, type Token, type TokenCursor } from "./template-token.js";
import { createVariableScope, type VariableScope } from "./variable-scope.js";

/** What the parser knows while it reads one body; `define` and `block` start a new one. */
export interface ParserState {
  readonly cursor: TokenCursor;
  /** The variables a term may name here. */
  readonly scope: VariableScope<undefined>;
  readonly definitions: Map<string, readonly TemplateNode[]>;
  /** Blocks and parentheses around this place. */
  nesting: number;
  /** `range` blocks around this place, for `break` and `continue`. */
  ranges: number;
}

/** The error for a token that cannot stand where it stands. */
export function unexpected(token: Token, context: string): TemplateError {
  if (token.kind === "error") return parseError(token.offset, token.text);
  return parseError(token.offset, `unexpected ${describeToken(token)} ${context}`);
}

/** An error of code `parse`. */
export function parseError(offset: number, message: string): TemplateError {
  return new TemplateError("parse", message, { offset });
}

/** Parses what lies one level deeper, up to a limit that keeps the call stack small. */
export function parseNested<T>(state: ParserState, offset: number, parse: () => T): T {
  if (state.nesting >= maximumNesting) {
    throw tooLarge(offset, `nests more than ${maximumNesting} blocks and parentheses`);
  }
  state.nesting += 1;
  const result = parse();
  state.nesting -= 1;
  return result;
}

/** The state at the beginning of a body. */
export function createParserState(
  cursor: TokenCursor,
  definitions: Map<string, readonly TemplateNode[]>,
  nesting: number,
): ParserState {
  return { cursor, scope: createVariableScope(undefined), definitions, nesting, ranges: 0 };
}
