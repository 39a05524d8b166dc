import type { TemplateNode } from "./template-node.js";
import {
  maximumDepth,
  maximumWork,
  stepCost,
  tooLarge,
  type BoundedText,
} from "./template-limits.js";
import type { TemplateValue } from "./template-value.js";
import type { VariableScope } from "./variable-scope.js";

/** One execution of a template, or of one template called by it: these have their own scope. */
export interface Evaluation {
  readonly definitions: ReadonlyMap<string, readonly TemplateNode[]>;
  readonly scope: VariableScope<TemplateValue>;
  readonly output: BoundedText;
  /** Shared by the whole execution. */
  readonly spent: Spent;
}

/** What an execution has used of its limits. */
export interface Spent {
  work: number;
  depth: number;
}

/** Counts one step and the characters it reads or writes; throws `too-large` beyond the limit. */
export function spend({ spent }: Evaluation, characters: number, offset: number): void {
  spent.work += stepCost + characters;
  if (spent.work > maximumWork) throw tooLarge(offset, "takes too many steps; does a loop end?");
}

/** Evaluates one level deeper, up to a limit that keeps the call stack small. */
export function evaluateNested<T>(evaluation: Evaluation, offset: number, evaluate: () => T): T {
  const { spent } = evaluation;
  if (spent.depth >= maximumDepth) {
    throw tooLarge(offset, `goes more than ${maximumDepth} levels deep; does it call itself?`);
  }
  spent.depth += 1;
  const result = evaluate();
  spent.depth -= 1;
  return result;
}
