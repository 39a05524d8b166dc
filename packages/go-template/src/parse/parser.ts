import { GoTemplateError } from "../go-template-error.js";
import { isFunctionName } from "../execute/builtins.js";
import { createVariableScope, type VariableScope } from "../execute/evaluation.js";
import { maximumNesting, tooLarge } from "../limits.js";
import {
  createTokenCursor,
  describeToken,
  lexTemplate,
  type Token,
  type TokenCursor,
  type TokenKind,
} from "./lexer.js";
import { readNumberLiteral, readStringLiteral } from "./literals.js";
import type { Command, ControlNode, Operand, Pipeline, Template, TemplateNode } from "./nodes.js";
import { boolValue, stringValue } from "../value.js";

/**
 * Parses a template as Go's `text/template` does, with the functions every Go template has.
 *
 * Throws `GoTemplateError` (`parse`, or `too-large` for nesting beyond reason).
 */
export function parseTemplate(text: string): Template {
  const state = createParserState(createTokenCursor(lexTemplate(text)), new Map(), 0);
  const body: TemplateNode[] = [];
  while (state.cursor.peek().kind !== "end") {
    if (isDefinition(state.cursor)) {
      parseDefinition(state);
      continue;
    }
    const item = parseItem(state);
    if (item.kind === "mark") throw unexpected(item.token, "here: no block is open");
    body.push(item.node);
  }
  return { body, definitions: state.definitions };
}

/** A node, or the `end` or `else` that closes the list of nodes before it. */
type Item =
  | { readonly kind: "node"; readonly node: TemplateNode }
  | { readonly kind: "mark"; readonly token: Token };

interface NodeList {
  readonly nodes: readonly TemplateNode[];
  readonly mark: Token;
}

function parseList(state: ParserState): NodeList {
  const nodes: TemplateNode[] = [];
  for (;;) {
    const item = parseItem(state);
    if (item.kind === "mark") return { nodes, mark: item.token };
    nodes.push(item.node);
  }
}

function parseItem(state: ParserState): Item {
  const token = state.cursor.take();
  if (token.kind === "text") {
    return { kind: "node", node: { kind: "text", offset: token.offset, text: token.text } };
  }
  if (token.kind !== "open") throw unexpected(token, 'before the "{{end}}" of a block');
  const first = state.cursor.peek();
  if (first.kind === "keyword" && (first.text === "end" || first.text === "else")) {
    state.cursor.take();
    if (first.text === "end") expectClose(state);
    else closeElse(state);
    return { kind: "mark", token: first };
  }
  return { kind: "node", node: parseAction(state, first) };
}

/** `else if` and `else with` leave their keyword for the block they belong to. */
function closeElse(state: ParserState): void {
  const next = state.cursor.peek();
  if (next.kind !== "keyword" || (next.text !== "if" && next.text !== "with")) expectClose(state);
}

function expectClose(state: ParserState): void {
  const token = state.cursor.take();
  if (token.kind !== "close") throw unexpected(token, 'where "}}" is expected');
}

function parseAction(state: ParserState, first: Token): TemplateNode {
  const { offset } = first;
  if (first.kind === "keyword") {
    switch (first.text) {
      case "if":
      case "with":
      case "range":
        state.cursor.take();
        return parseControl(state, first.text, offset);
      case "break":
      case "continue":
        state.cursor.take();
        return parseJump(state, first.text, offset);
      case "template":
      case "block":
        state.cursor.take();
        return parseCall(state, first.text, offset);
    }
  }
  return { kind: "action", offset, pipeline: parsePipeline(state, "action", "close") };
}

function parseJump(state: ParserState, kind: "break" | "continue", offset: number): TemplateNode {
  expectClose(state);
  if (state.ranges === 0) throw parseError(offset, `"${kind}" outside of a "range"`);
  return { kind, offset };
}

function parseControl(state: ParserState, kind: ControlNode["kind"], offset: number): ControlNode {
  return parseNested(state, offset, () => {
    const mark = state.scope.mark();
    const pipeline = parsePipeline(state, kind, "close");
    const ranges = kind === "range" ? 1 : 0;
    state.ranges += ranges;
    const body = parseList(state);
    state.ranges -= ranges;
    const otherwise = body.mark.text === "else" ? parseElse(state, kind) : undefined;
    state.scope.release(mark);
    return { kind, offset, pipeline, body: body.nodes, otherwise };
  });
}

function parseElse(state: ParserState, kind: ControlNode["kind"]): readonly TemplateNode[] {
  const next = state.cursor.peek();
  if (next.kind === "keyword" && next.text === kind && (kind === "if" || kind === "with")) {
    state.cursor.take();
    return [parseControl(state, kind, next.offset)];
  }
  const list = parseList(state);
  if (list.mark.text !== "end") throw unexpected(list.mark, 'where "end" is expected');
  return list.nodes;
}

function parseCall(state: ParserState, kind: "template" | "block", offset: number): TemplateNode {
  const name = parseName(state);
  if (kind === "block") {
    const pipeline = parsePipeline(state, kind, "close");
    parseBody(state, name, offset);
    return { kind: "template", offset, name, pipeline };
  }
  let pipeline: Pipeline | undefined;
  if (state.cursor.peek().kind === "close") state.cursor.take();
  else pipeline = parsePipeline(state, kind, "close");
  return { kind, offset, name, pipeline };
}

function isDefinition(cursor: TokenCursor): boolean {
  const second = cursor.peekSecond();
  return cursor.peek().kind === "open" && second.kind === "keyword" && second.text === "define";
}

function parseDefinition(state: ParserState): void {
  state.cursor.take();
  const { offset } = state.cursor.take();
  const name = parseName(state);
  expectClose(state);
  parseBody(state, name, offset);
}

function parseName(state: ParserState): string {
  const token = state.cursor.take();
  if (token.kind !== "string" && token.kind !== "raw-string") {
    throw unexpected(token, "where the quoted name of a template is expected");
  }
  const name = readStringLiteral(token.text);
  if (name === undefined) throw parseError(token.offset, `${token.text} is not a string of UTF-8`);
  return name;
}

/** Parses the body of a `define` or `block`: variables and loops around it are out of sight. */
function parseBody(state: ParserState, name: string, offset: number): void {
  const list = parseNested(state, offset, () =>
    parseList(createParserState(state.cursor, state.definitions, state.nesting)),
  );
  if (list.mark.text !== "end") throw unexpected(list.mark, 'where "end" is expected');
  const known = state.definitions.get(name);
  if (known === undefined || isBlank(known)) state.definitions.set(name, list.nodes);
  else if (!isBlank(list.nodes)) {
    throw parseError(offset, `the template ${JSON.stringify(name)} is defined twice`);
  }
}

function isBlank(nodes: readonly TemplateNode[]): boolean {
  return nodes.every((node) => node.kind === "text" && node.text.trim() === "");
}

/** What the parser knows while it reads one body; `define` and `block` start a new one. */
interface ParserState {
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
function unexpected(token: Token, context: string): GoTemplateError {
  if (token.kind === "error") return parseError(token.offset, token.text);
  return parseError(token.offset, `unexpected ${describeToken(token)} ${context}`);
}

/** An error of code `parse`. */
function parseError(offset: number, message: string): GoTemplateError {
  return new GoTemplateError("parse", message, offset);
}

/** Parses what lies one level deeper, up to a limit that keeps the call stack small. */
function parseNested<T>(state: ParserState, offset: number, parse: () => T): T {
  if (state.nesting >= maximumNesting) {
    throw tooLarge(offset, `nests more than ${maximumNesting} blocks and parentheses`);
  }
  state.nesting += 1;
  const result = parse();
  state.nesting -= 1;
  return result;
}

/** The state at the beginning of a body. */
function createParserState(
  cursor: TokenCursor,
  definitions: Map<string, readonly TemplateNode[]>,
  nesting: number,
): ParserState {
  return { cursor, scope: createVariableScope(undefined), definitions, nesting, ranges: 0 };
}

/** What a pipeline stands in; only `range` may declare two variables. */
type PipelineContext = "action" | "if" | "with" | "range" | "template" | "block" | "parentheses";

/** Parses a pipeline and the token behind it, which has to be `end`. */
function parsePipeline(
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
    throw parseError(offset, `${text} is not a string of UTF-8`);
  }
  const number = readNumberLiteral(text);
  if (number.kind === "value") return { kind: "literal", offset, value: number.value };
  throw parseError(offset, `${text} ${number.reason}`);
}
