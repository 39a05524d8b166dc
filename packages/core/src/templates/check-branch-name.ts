import type { Diagnostic } from "../errors/diagnostic.js";

/**
 * Why Git does not take a branch of this name; `undefined` if it does.
 *
 * The rules are those of `git check-ref-format --branch`, and `@`, which Git reads as `HEAD`, is
 * refused too.
 */
export function checkBranchName(name: string): Diagnostic | undefined {
  const problem = wholeNameProblem(name) ?? sequenceProblem(name) ?? componentProblem(name);
  if (problem === undefined) return undefined;
  const { reason, offset } = problem;
  return {
    severity: "error",
    code: "invalid-branch-name",
    where: offset === undefined ? {} : { offset },
    message: `${JSON.stringify(name)} is not a branch name for Git: ${reason}`,
  };
}

interface NameProblem {
  readonly reason: string;
  readonly offset?: number;
}

function wholeNameProblem(name: string): NameProblem | undefined {
  if (name === "") return { reason: "it is empty" };
  if (name === "@" || name === "HEAD") return { reason: "it already means the current commit" };
  if (name.startsWith("-")) return { reason: 'it begins with "-"', offset: 0 };
  if (name.endsWith(".")) return { reason: 'it ends with "."', offset: name.length - 1 };
  return undefined;
}

function sequenceProblem(name: string): NameProblem | undefined {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const match = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/.exec(name);
  if (match === null) return undefined;
  const reason = `it contains ${JSON.stringify(match[0])}`;
  const hint = match[0] === ":" ? "; does a tag hold a digest?" : "";
  return { reason: `${reason}${hint}`, offset: match.index };
}

function componentProblem(name: string): NameProblem | undefined {
  let offset = 0;
  for (const component of name.split("/")) {
    if (component === "") return { reason: 'a part between two "/" is empty', offset };
    if (component.startsWith(".")) return { reason: 'a part begins with "."', offset };
    if (component.endsWith(".lock")) return { reason: 'a part ends with ".lock"', offset };
    offset += component.length + 1;
  }
  return undefined;
}
