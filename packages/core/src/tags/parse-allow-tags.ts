import type { Diagnostic } from "../errors/diagnostic.js";
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
    diagnostics: isUnanchored(expression) ? [unanchored(text)] : [],
  };
}

function allowNone(text: string, problem: string, fragment?: string): AllowRule {
  const reason: TagReason = { code: "invalid-pattern", pattern: text, problem };
  const place = locate(text, fragment);
  const part = fragment === undefined ? "" : ` at ${JSON.stringify(fragment)}`;
  return {
    explain: () => reason,
    diagnostics: [
      {
        severity: "error",
        code: "invalid-tag-pattern",
        where: place,
        message:
          `allow-tags ${JSON.stringify(text)} matches no tag: ${problem}${part}; ` +
          "write any, or regexp: and an RE2 expression such as regexp:^v[0-9]+$",
      },
    ],
  };
}

function locate(text: string, fragment = ""): { offset: number; length: number } {
  const offset = fragment === "" ? -1 : text.indexOf(fragment, PREFIX.length);
  return offset < 0 ? { offset: 0, length: text.length } : { offset, length: fragment.length };
}

function unanchored(text: string): Diagnostic {
  return {
    severity: "info",
    code: "unanchored-pattern",
    where: { offset: PREFIX.length, length: text.length - PREFIX.length },
    message:
      `allow-tags ${JSON.stringify(text)} is found anywhere in a tag; ` +
      "write ^ before and $ after the expression to match whole tags",
  };
}

/** An expression that begins or ends with `.*` says itself that it means a part of the tag. */
function isUnanchored(expression: string): boolean {
  const startsAnchored = /^(?:\(\?[a-zA-Z]+\)|\((?:\?[a-zA-Z]*:|\?P?<\w+>)?)*(?:\^|\\A|\.\*)/u;
  const endsAnchored = /(?:^|[^\\])(?:\\\\)*(?:\$|\\z|\.\*)\)*$/u;
  return !startsAnchored.test(expression) && !endsAnchored.test(expression);
}
