import { fieldOf } from "../elements.js";
import { callBuiltin } from "./builtins.js";
import {
  createVariableScope,
  evaluateNested,
  spend,
  type Evaluation,
  type Variable,
} from "./evaluation.js";
import { printValues } from "../format/printf.js";
import { createBoundedText, executeError } from "../limits.js";
import type {
  Command,
  ControlNode,
  Operand,
  Pipeline,
  Template,
  TemplateCall,
  TemplateNode,
} from "../parse/nodes.js";
import {
  intValue,
  isTrue,
  nilValue,
  sortedEntries,
  stringValue,
  type IntegerValue,
  type TemplateValue,
  typeName,
} from "../value.js";

/**
 * Executes a template on its data as Go does with default options.
 *
 * Throws `GoTemplateError`: `execute` when the data do not fit, `too-large` when a limit is exceeded.
 */
export function executeTemplate(template: Template, data: TemplateValue): string {
  const output = createBoundedText(undefined);
  const evaluation: Evaluation = {
    definitions: template.definitions,
    scope: createVariableScope(data),
    output,
    spent: { work: 0, depth: 0 },
  };
  evaluateNodes(evaluation, data, template.body);
  return output.toString();
}

/** How a list of nodes ended. */
type Outcome = "end" | "break" | "continue";

function evaluateNodes(
  evaluation: Evaluation,
  dot: TemplateValue,
  nodes: readonly TemplateNode[],
): Outcome {
  for (const node of nodes) {
    const outcome = evaluateNode(evaluation, dot, node);
    if (outcome !== "end") return outcome;
  }
  return "end";
}

function evaluateNode(evaluation: Evaluation, dot: TemplateValue, node: TemplateNode): Outcome {
  spend(evaluation, 0, node.offset);
  switch (node.kind) {
    case "text":
      evaluation.output.append(node.text);
      return "end";
    case "action": {
      const { value } = evaluatePipeline(evaluation, dot, node.pipeline);
      if (node.pipeline.variables.length === 0) printResult(evaluation, value, node.offset);
      return "end";
    }
    case "break":
    case "continue":
      return node.kind;
    case "template":
      callTemplate(evaluation, dot, node);
      return "end";
    case "if":
    case "with":
    case "range":
      break;
  }
  return evaluateNested(evaluation, node.offset, () => evaluateControl(evaluation, dot, node));
}

function printResult(evaluation: Evaluation, value: TemplateValue, offset: number): void {
  const text = value.kind === "nil" ? "<no value>" : printValues([value], offset);
  spend(evaluation, text.length, offset);
  evaluation.output.append(text);
}

function callTemplate(evaluation: Evaluation, dot: TemplateValue, node: TemplateCall): void {
  const { definitions, output, spent } = evaluation;
  const body = definitions.get(node.name);
  if (body === undefined) {
    throw executeError(node.offset, `there is no template ${JSON.stringify(node.name)}`);
  }
  const data =
    node.pipeline === undefined ? nilValue : evaluatePipeline(evaluation, dot, node.pipeline).value;
  const called: Evaluation = { definitions, output, spent, scope: createVariableScope(data) };
  evaluateNested(called, node.offset, () => evaluateNodes(called, data, body));
}

function evaluateControl(evaluation: Evaluation, dot: TemplateValue, node: ControlNode): Outcome {
  const mark = evaluation.scope.mark();
  const result = evaluatePipeline(evaluation, dot, node.pipeline);
  const outcome =
    node.kind === "range"
      ? evaluateRange(evaluation, dot, node, result)
      : evaluateChoice(evaluation, dot, node, result.value);
  evaluation.scope.release(mark);
  return outcome;
}

function evaluateChoice(
  evaluation: Evaluation,
  dot: TemplateValue,
  node: ControlNode,
  value: TemplateValue,
): Outcome {
  if (!isTrue(value)) return evaluateNodes(evaluation, dot, node.otherwise ?? []);
  return evaluateNodes(evaluation, node.kind === "with" ? value : dot, node.body);
}

function evaluateRange(
  evaluation: Evaluation,
  dot: TemplateValue,
  node: ControlNode,
  { value, variables }: PipelineResult,
): Outcome {
  const { scope } = evaluation;
  const [first, second] = variables;
  if (value.kind === "int" && second !== undefined) {
    throw executeError(node.offset, "range: an integer gives one variable, not two");
  }
  const mark = scope.mark();
  let empty = true;
  for (const [key, element] of iterate(evaluation, value, node.offset)) {
    empty = false;
    spend(evaluation, 0, node.offset);
    if (first !== undefined) first.value = second === undefined ? element : key;
    if (second !== undefined) second.value = element;
    const outcome = evaluateNodes(evaluation, element, node.body);
    scope.release(mark);
    if (outcome === "break") return "end";
  }
  if (!empty) return "end";
  // As in Go, a "break" in the "else" of a loop ends that loop and not the one around it.
  const outcome = evaluateNodes(evaluation, dot, node.otherwise ?? []);
  return outcome === "break" ? "end" : outcome;
}

/** The pairs a `range` goes through. */
function iterate(
  evaluation: Evaluation,
  value: TemplateValue,
  offset: number,
): Iterable<readonly [TemplateValue, TemplateValue]> {
  if (value.kind === "nil") return [];
  if (value.kind === "int") return countTo(value);
  if (value.kind === "list") return value.items.map((item, index) => [intValue(index), item]);
  if (value.kind === "map") {
    spend(evaluation, value.entries?.size ?? 0, offset);
    return sortedEntries(value).map(([key, text]) => [stringValue(key), stringValue(text)]);
  }
  throw executeError(offset, `range: a value of type ${typeName(value)} has no items`);
}

function* countTo(
  end: IntegerValue,
): Generator<readonly [TemplateValue, TemplateValue], void, undefined> {
  for (let value = 0n; value < end.value; value += 1n) yield [nilValue, { ...end, value }];
}

/** The value of a pipeline, and its variables, which now exist and hold that value. */
interface PipelineResult {
  readonly value: TemplateValue;
  readonly variables: readonly Variable<TemplateValue>[];
}

/** Evaluates the commands, each with the result before as its last argument; sets the variables. */
function evaluatePipeline(
  evaluation: Evaluation,
  dot: TemplateValue,
  pipeline: Pipeline,
): PipelineResult {
  let result: TemplateValue | undefined;
  for (const command of pipeline.commands) {
    result = evaluateCommand(evaluation, dot, command, result);
  }
  const value = result ?? nilValue;
  const variables = pipeline.variables.map((name) => {
    if (!pipeline.assigns) return evaluation.scope.declare(name, value);
    const variable = findVariable(evaluation, name, pipeline.offset);
    variable.value = value;
    return variable;
  });
  return { value, variables };
}

/** `piped` is the result of the command before; `undefined` when there is none. */
function evaluateCommand(
  evaluation: Evaluation,
  dot: TemplateValue,
  command: Command,
  piped: TemplateValue | undefined,
): TemplateValue {
  const { head, offset } = command;
  spend(evaluation, 0, offset);
  if (head.kind === "function") {
    return callFunction(evaluation, dot, { ...command, name: head.name, piped });
  }
  if (command.arguments.length > 0 || piped !== undefined) {
    // Go looks at the arguments of a field only when there is something that has the field.
    const receiver = receiverOf(evaluation, dot, head);
    if (receiver?.kind === "nil") return nilValue;
    throw executeError(offset, "this is not a function, so it takes no arguments");
  }
  if (head.kind === "nil") throw executeError(offset, "nil is not a value of its own");
  return evaluateOperand(evaluation, dot, head);
}

/** What the last field of the operand is looked up in; `undefined` without a field. */
function receiverOf(
  evaluation: Evaluation,
  dot: TemplateValue,
  operand: Operand,
): TemplateValue | undefined {
  if (!("path" in operand) || operand.path.length === 0) return undefined;
  return evaluateOperand(evaluation, dot, { ...operand, path: operand.path.slice(0, -1) });
}

function evaluateOperand(
  evaluation: Evaluation,
  dot: TemplateValue,
  operand: Operand,
): TemplateValue {
  const { offset } = operand;
  switch (operand.kind) {
    case "dot":
      return dot;
    case "nil":
      return nilValue;
    case "literal":
      return operand.value;
    case "function":
      return callFunction(evaluation, dot, {
        offset,
        name: operand.name,
        arguments: [],
        piped: undefined,
      });
    case "field":
      return follow(dot, operand.path, offset);
    case "variable": {
      const { value } = findVariable(evaluation, operand.name, offset);
      return follow(value, operand.path, offset);
    }
    case "chain":
      return follow(evaluateOperand(evaluation, dot, operand.base), operand.path, offset);
    case "pipeline":
      break;
  }
  return evaluateNested(evaluation, offset, () => evaluatePipeline(evaluation, dot, operand).value);
}

function follow(start: TemplateValue, path: readonly string[], offset: number): TemplateValue {
  return path.reduce((value, name) => fieldOf(value, name, offset), start);
}

function findVariable(
  { scope }: Evaluation,
  name: string,
  offset: number,
): Variable<TemplateValue> {
  const variable = scope.find(name);
  if (variable !== undefined) return variable;
  throw executeError(offset, `the variable "${name}" has no value yet`);
}

interface FunctionCall {
  readonly offset: number;
  readonly name: string;
  readonly arguments: readonly Operand[];
  readonly piped: TemplateValue | undefined;
}

function callFunction(
  evaluation: Evaluation,
  dot: TemplateValue,
  call: FunctionCall,
): TemplateValue {
  const { name, offset, piped } = call;
  if (name === "and" || name === "or") return evaluateLogic(evaluation, dot, call);
  const values = call.arguments.map((operand) => evaluateOperand(evaluation, dot, operand));
  if (piped !== undefined) values.push(piped);
  spend(evaluation, textLength(values), offset);
  const result = callBuiltin(name, values, offset);
  spend(evaluation, textLength([result]), offset);
  return result;
}

/** `and` and `or` give one of their arguments, and evaluate none behind it. */
function evaluateLogic(
  evaluation: Evaluation,
  dot: TemplateValue,
  { name, offset, piped, arguments: operands }: FunctionCall,
): TemplateValue {
  if (operands.length === 0 && piped === undefined) {
    throw executeError(offset, `${name} takes at least 1 argument`);
  }
  let value = nilValue;
  for (const operand of operands) {
    value = evaluateOperand(evaluation, dot, operand);
    if (isTrue(value) === (name === "or")) return value;
  }
  return piped ?? value;
}

function textLength(values: readonly TemplateValue[]): number {
  return values.reduce(
    (length, value) => length + (value.kind === "string" ? value.value.length : 1),
    0,
  );
}
