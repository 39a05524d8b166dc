import { isFunctionName } from "./builtins.js";
import { readNumberLiteral, readStringLiteral } from "./go-literal.js";
import { parseError, parseNested, unexpected, type ParserState } from "./parser-state.js";
import type { Command, Operand, Pipeline } from "./template-node.js";
import type { Token, TokenKind } from "./template-token.js";
import { boolValue, stringValue } from "./template-value.js";

/** What a pipeline stands in; only `range` may declare two variables. */
export type PipelineContext =
  | "action"
  | "if"
  | "with"
  | "range"
  | "template"
  | "block"
  | "parentheses";

/** Parses a pipeline and the token behind it, which has to be `end`. */
export function parsePipeline(
  state: ParserState,
  context: PipelineContext,
  end: "close" | "close-parenthesis",
): Pipeline {
  const { offset } = state.cursor.peek();
  const declarations = parseDeclarations(state, context);
  const commands: Command[] = [];
  while (state.cursor.peek().kind !== end) {
    const token = state.cursor.peek();
    if (!startsOperand(token)) throw unexpected(token, "where a value is expected");
    const command = parseCommand(state);
    if (commands.length > 0 && !isExecutable(command.head)) {
      throw parseError(command.offset, 'only a function or a field can stand behind "|"');
    }
    commands.push(command);
  }
  state.cursor.take();
  if (commands.length === 0) throw parseError(offset, "a value is missing");
  return { kind: "pipeline", offset, ...declarations, commands };
}

function parseDeclarations(
  state: ParserState,
  context: PipelineContext,
): Pick<Pipeline, "variables" | "assigns"> {
  const { cursor, scope } = state;
  const variables: string[] = [];
  while (cursor.peek().kind === "variable") {
    const operator = cursor.peekSecond();
    const isComma = operator.kind === "character" && operator.text === ",";
    if (operator.kind !== "assign" && operator.kind !== "declare" && !isComma) break;
    const { text } = cursor.take();
    cursor.take();
    variables.push(text);
    scope.declare(text, undefined);
    if (!isComma) return { variables, assigns: operator.kind === "assign" };
    if (context !== "range" || variables.length > 1) {
      throw parseError(operator.offset, "too many variables");
    }
    if (!mayFollowComma(cursor.peek())) {
      throw unexpected(cursor.peek(), "where a second variable is expected");
    }
  }
  return { variables, assigns: false };
}

function mayFollowComma({ kind }: Token): boolean {
  return kind === "variable" || kind === "close" || kind === "close-parenthesis";
}

function isExecutable({ kind }: Operand): boolean {
  return kind !== "literal" && kind !== "dot" && kind !== "nil";
}

const OPERAND_STARTS: ReadonlySet<TokenKind> = new Set([
  "dot",
  "field",
  "variable",
  "identifier",
  "boolean",
  "number",
  "character-constant",
  "string",
  "raw-string",
  "open-parenthesis",
]);

function startsOperand({ kind, text }: Token): boolean {
  return OPERAND_STARTS.has(kind) || (kind === "keyword" && text === "nil");
}

/** Parses a command and the `|` behind it. */
function parseCommand(state: ParserState): Command {
  const { cursor } = state;
  const { offset } = cursor.peek();
  const head = parseOperand(state);
  const rest: Operand[] = [];
  while (cursor.peek().spaced && startsOperand(cursor.peek())) rest.push(parseOperand(state));
  const token = cursor.peek();
  if (token.kind === "pipe") cursor.take();
  else if (token.kind !== "close" && token.kind !== "close-parenthesis") {
    throw unexpected(token, "behind a value");
  }
  return { offset, head, arguments: rest };
}

function parseOperand(state: ParserState): Operand {
  const { cursor } = state;
  const term = parseTerm(state);
  const path: string[] = [];
  while (cursor.peek().kind === "field" && !cursor.peek().spaced) {
    path.push(cursor.take().text.slice(1));
  }
  if (path.length === 0) return term;
  if (term.kind === "field" || term.kind === "variable") {
    return { ...term, path: [...term.path, ...path] };
  }
  if (isExecutable(term)) return { kind: "chain", offset: term.offset, base: term, path };
  throw parseError(term.offset, `a constant or "." has no field "${path.join(".")}"`);
}

function parseTerm(state: ParserState): Operand {
  const token = state.cursor.take();
  const { kind, offset, text } = token;
  if (kind === "dot") return { kind, offset };
  if (kind === "keyword") return { kind: "nil", offset };
  if (kind === "field") return { kind, offset, path: [text.slice(1)] };
  if (kind === "boolean") return { kind: "literal", offset, value: boolValue(text === "true") };
  if (kind === "identifier") {
    if (isFunctionName(text)) return { kind: "function", offset, name: text };
    throw parseError(offset, `there is no function "${text}"`);
  }
  if (kind === "variable") {
    if (state.scope.find(text) !== undefined) return { kind, offset, name: text, path: [] };
    throw parseError(offset, `the variable "${text}" is not declared here`);
  }
  if (kind !== "open-parenthesis") return parseLiteral(token);
  return parseNested(state, offset, () => parsePipeline(state, "parentheses", "close-parenthesis"));
}

function parseLiteral({ kind, offset, text }: Token): Operand {
  if (kind === "string" || kind === "raw-string") {
    const value = readStringLiteral(text);
    if (value !== undefined) return { kind: "literal", offset, value: stringValue(value) };
    throw parseError(offset, `${text} is no string of UTF-8`);
  }
  const number = readNumberLiteral(text);
  if (number.kind === "value") return { kind: "literal", offset, value: number.value };
  throw parseError(offset, `${text} ${number.reason}`);
}
