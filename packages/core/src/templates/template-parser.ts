import { readStringLiteral } from "./go-literal.js";
import {
  createParserState,
  parseError,
  parseNested,
  unexpected,
  type ParserState,
} from "./parser-state.js";
import { parsePipeline } from "./pipeline-parser.js";
import { lexTemplate } from "./template-lexer.js";
import type { ControlNode, Pipeline, Template, TemplateNode } from "./template-node.js";
import { createTokenCursor, type Token, type TokenCursor } from "./template-token.js";

/**
 * Parses a template as Go's `text/template` does, with the functions every Go template has.
 *
 * Throws `TemplateError` (`parse`, or `too-large` for nesting beyond reason).
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
  if (name === undefined) throw parseError(token.offset, `${token.text} is no string of UTF-8`);
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
