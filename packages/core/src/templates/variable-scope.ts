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
