import type { BoundedText } from "../limits.js";

/** One `%` directive of a format. */
export interface Directive {
  readonly verb: string;
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  /** `%+v`: structs show the names of their fields. */
  readonly fieldNames: boolean;
  /** At least so many code points; 0 without a width. */
  readonly width: number;
  readonly precision: number | undefined;
  /** Where the call stands in the template. */
  readonly offset: number;
}

/** `%v` without any flag. */
export function plainDirective(offset: number): Directive {
  return {
    verb: "v",
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    fieldNames: false,
    width: 0,
    precision: undefined,
    offset,
  };
}

/** Writes a text padded to the width: with spaces, or on the left with zeros if asked for. */
export function pad(output: BoundedText, directive: Directive, text: string): void {
  const missing = directive.width === 0 ? 0 : directive.width - Array.from(text).length;
  if (!directive.minus) output.fill(directive.zero ? "0" : " ", missing);
  output.append(text);
  if (directive.minus) output.fill(" ", missing);
}
