import { GoTemplateError } from "./go-template-error.js";

/** The longest text a template may produce, and the longest value it may build, in UTF-16 units. */
const maximumLength: number = 1024 * 1024;

/** How deep blocks and parentheses may nest in the text of a template. */
export const maximumNesting = 200;

/** How deep execution may go: nested blocks, parentheses and `template` calls together. */
export const maximumDepth = 400;

/** What one step costs of {@link maximumWork}; a character read or written costs one. */
export const stepCost = 16;

/** How much work one execution may do, so that nested loops end: a quarter of a million steps. */
export const maximumWork: number = 4 * maximumLength;

/** Text built piece by piece that refuses to grow beyond {@link maximumLength}. */
export interface BoundedText {
  append(text: string): void;
  /** Appends `text` as often as asked for. */
  fill(text: string, times: number): void;
  toString(): string;
}

/** An empty {@link BoundedText}; `offset` is where a template that overflows it is to blame. */
export function createBoundedText(offset: number | undefined): BoundedText {
  const pieces: string[] = [];
  let length = 0;
  function grow(by: number): void {
    length += by;
    if (length > maximumLength) {
      throw tooLarge(offset, `makes more than ${maximumLength} characters of text`);
    }
  }
  return {
    append(text): void {
      grow(text.length);
      pieces.push(text);
    },
    fill(text, times): void {
      if (times <= 0) return;
      grow(text.length * times);
      pieces.push(text.repeat(times));
    },
    toString(): string {
      return pieces.join("");
    },
  };
}

/** The error for a template that exceeds a limit. */
export function tooLarge(offset: number | undefined, message: string): GoTemplateError {
  return new GoTemplateError("too-large", message, offset);
}

/** The error for a template that cannot go on with its data. */
export function executeError(offset: number, message: string): GoTemplateError {
  return new GoTemplateError("execute", message, offset);
}
