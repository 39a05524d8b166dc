import type { Diagnostic } from "../errors/diagnostic.js";
import { quoteText } from "../errors/wording.js";
import { compileTagExpression } from "./compile-tag-expression.js";
import type { TagReason } from "./tag-reason.js";

/** `allow-tags`, compiled. */
export interface AllowRule {
  /** Why the tag is not allowed, `undefined` when it is. */
  explain(tag: string): TagReason | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const PREFIX = "regexp:";

/**
 * Compiles the match function of `allow-tags` as Argo CD Image Updater reads it.
 *
 * Nothing and `any` allow every tag, `regexp:EXPRESSION` those in which the expression is found; the
 * words are free in case. Anything else allows no tag, so that nothing is updated by mistake.
 */
export function parseAllowTags(text: string | undefined): AllowRule {
  if (text === undefined || text === "" || text.toLowerCase() === "any") {
    return { explain: () => undefined, diagnostics: [] };
  }
  if (!text.toLowerCase().startsWith(PREFIX)) {
    return allowNone(text, "it is neither any nor regexp:EXPRESSION");
  }
  const expression = text.slice(PREFIX.length);
  const compiled = compileTagExpression(expression);
  if (compiled.kind === "broken") return allowNone(text, compiled.problem, compiled.fragment);
  return {
    explain: (tag) => (compiled.matches(tag) ? undefined : { code: "not-allowed", pattern: text }),
    diagnostics: inspectExpression(text, expression),
  };
}

function allowNone(text: string, problem: string, fragment?: string): AllowRule {
  const reason: TagReason = { code: "invalid-pattern", pattern: text, problem };
  const place = locate(text, fragment);
  const part = fragment === undefined ? "" : ` at ${quoteText(fragment)}`;
  return {
    explain: () => reason,
    diagnostics: [
      {
        severity: "error",
        code: "invalid-tag-pattern",
        where: place,
        message:
          `allow-tags ${quoteText(text)} matches no tag: ${problem}${part}; ` +
          "write any, or regexp: and an RE2 expression such as regexp:^v[0-9]+$",
      },
    ],
  };
}

function locate(text: string, fragment = ""): { offset: number; length: number } {
  const offset = fragment === "" ? -1 : text.indexOf(fragment, PREFIX.length);
  return offset < 0 ? { offset: 0, length: text.length } : { offset, length: fragment.length };
}

function inspectExpression(text: string, expression: string): readonly Diagnostic[] {
  const foreign = findForeign(expression);
  if (foreign !== undefined) return [unmatchable(text, foreign)];
  return isUnanchored(expression) ? [unanchored(text)] : [];
}

/** Blanks, quotes and slashes: no tag has them, so who writes them means something around the expression. */
const FOREIGN = /[\s"'`/]/u;

/** Where the first such character stands outside of brackets. */
function findForeign(expression: string): number | undefined {
  let inClass = false;
  for (let index = 0; index < expression.length; index += 1) {
    const character = expression.charAt(index);
    if (character === "\\") index += 1;
    else if (character === "[") inClass = true;
    else if (character === "]") inClass = false;
    else if (!inClass && FOREIGN.test(character)) return index;
  }
  return undefined;
}

function unmatchable(text: string, index: number): Diagnostic {
  const character = text.charAt(PREFIX.length + index);
  return {
    severity: "warning",
    code: "unmatchable-pattern",
    where: { offset: PREFIX.length + index, length: 1 },
    message:
      `allow-tags ${quoteText(text)} asks for the character ${quoteText(character)}, which no tag has; ` +
      "write the expression right after regexp:, without blanks, quotes or slashes around it",
  };
}

function unanchored(text: string): Diagnostic {
  return {
    severity: "info",
    code: "unanchored-pattern",
    where: { offset: PREFIX.length, length: text.length - PREFIX.length },
    message:
      `allow-tags ${quoteText(text)} is found anywhere in a tag; ` +
      "write ^ before and $ after the expression to match whole tags",
  };
}

/** An expression that begins or ends with `.*` says itself that it means a part of the tag. */
function isUnanchored(expression: string): boolean {
  const startsAnchored = /^(?:\(\?[a-zA-Z]+\)|\((?:\?[a-zA-Z]*:|\?P?<\w+>)?)*(?:\^|\\A|\.\*)/u;
  const endsAnchored = /(?:^|[^\\])(?:\\\\)*(?:\$|\\z|\.\*)\)*$/u;
  return !startsAnchored.test(expression) && !endsAnchored.test(expression);
}
