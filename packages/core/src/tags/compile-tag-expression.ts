import { RE2JS, RE2JSSyntaxException } from "re2js";

/** A compiled regular expression of a user, or why it cannot be compiled. */
export type TagExpression =
  | { readonly kind: "compiled"; matches(tag: string): boolean }
  | {
      readonly kind: "broken";
      readonly problem: string;
      /** The part of the expression at fault, when it is known. */
      readonly fragment?: string | undefined;
    };

/**
 * Compiles a regular expression of RE2, as Go's `regexp` reads it; it is searched anywhere in a tag.
 *
 * This is the one place where a user's pattern is compiled. Matching is linear in the length of the
 * tag, whatever the expression; look-around and back-references are refused.
 */
export function compileTagExpression(expression: string): TagExpression {
  try {
    const compiled = RE2JS.compile(expression);
    return { kind: "compiled", matches: (tag) => compiled.test(tag) };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) {
      return { kind: "broken", problem: "the expression cannot be compiled" };
    }
    const fragment = error.getPattern() ?? undefined;
    return { kind: "broken", problem: error.getDescription(), fragment };
  }
}
