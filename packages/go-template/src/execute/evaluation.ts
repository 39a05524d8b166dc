import { maximumDepth, maximumWork, stepCost, tooLarge, type BoundedText } from "../limits.js";
import type { TemplateNode } from "../parse/nodes.js";
import type { TemplateValue } from "../value.js";

/** One execution of a template, or of one template called by it: these have their own scope. */
export interface Evaluation {
  readonly definitions: ReadonlyMap<string, readonly TemplateNode[]>;
  readonly scope: VariableScope<TemplateValue>;
  readonly output: BoundedText;
  /** Shared by the whole execution. */
  readonly spent: Spent;
}

/** What an execution has used of its limits. */
interface Spent {
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

/** A variable that can be overwritten where it is declared. */
export interface Variable<T> {
  readonly name: string;
  value: T;
}

/** Variables as Go scopes them: a stack, in which the last one declared hides the others. */
export interface VariableScope<T> {
  declare(name: string, value: T): Variable<T>;
  find(name: string): Variable<T> | undefined;
  /** The place to go back to with {@link VariableScope.release}. */
  mark(): number;
  /** Forgets what was declared since the mark. */
  release(mark: number): void;
}

/** A scope that holds `$` only. Every operation takes constant time for each variable involved. */
export function createVariableScope<T>(root: T): VariableScope<T> {
  const declared: Variable<T>[] = [];
  const byName = new Map<string, Variable<T>[]>();
  function declare(name: string, value: T): Variable<T> {
    const variable = { name, value };
    const hidden = byName.get(name);
    if (hidden === undefined) byName.set(name, [variable]);
    else hidden.push(variable);
    declared.push(variable);
    return variable;
  }
  declare("$", root);
  return {
    declare,
    find(name): Variable<T> | undefined {
      return byName.get(name)?.at(-1);
    },
    mark(): number {
      return declared.length;
    },
    release(mark): void {
      for (const { name } of declared.splice(mark)) byName.get(name)?.pop();
    },
  };
}
