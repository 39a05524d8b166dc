import { evaluateNested, spend, type Evaluation } from "./evaluation.js";
import { executeError } from "./execute-error.js";
import { printValues } from "./print-values.js";
import { evaluatePipeline, type PipelineResult } from "./pipeline-evaluator.js";
import { createBoundedText } from "./template-limits.js";
import type { ControlNode, Template, TemplateCall, TemplateNode } from "./template-node.js";
import {
  intValue,
  isTrue,
  nilValue,
  sortedEntries,
  stringValue,
  typeName,
  type IntegerValue,
  type TemplateValue,
} from "./template-value.js";
import { createVariableScope } from "./variable-scope.js";

/**
 * Executes a template on its data as Go does with default options.
 *
 * Throws `TemplateError`: `execute` when the data do not fit, `too-large` when a limit is exceeded.
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
