import { callBuiltin } from "./builtins.js";
import { fieldOf } from "./element-access.js";
import { evaluateNested, spend, type Evaluation } from "./evaluation.js";
import { executeError } from "./execute-error.js";
import type { Command, Operand, Pipeline } from "./template-node.js";
import { isTrue, nilValue, type TemplateValue } from "./template-value.js";
import type { Variable } from "./variable-scope.js";

/** The value of a pipeline, and its variables, which now exist and hold that value. */
export interface PipelineResult {
  readonly value: TemplateValue;
  readonly variables: readonly Variable<TemplateValue>[];
}

/** Evaluates the commands, each with the result before as its last argument; sets the variables. */
export function evaluatePipeline(
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
    throw executeError(offset, "this is no function, so it takes no arguments");
  }
  if (head.kind === "nil") throw executeError(offset, "nil is no value of its own");
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
