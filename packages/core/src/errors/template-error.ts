import { ImageUpdaterError, isImageUpdaterError } from "./image-updater-error.js";

/** Why a template gave no text; add codes at the end, never rename one. */
export type TemplateErrorCode = "parse" | "execute" | "too-large" | "invalid-branch-name";

/** Where in the template. */
export interface TemplateErrorContext {
  /** Offset into the template, in UTF-16 code units. */
  readonly offset?: number | undefined;
  readonly cause?: unknown;
}

/** A commit message or branch name template is wrong, or failed on its data. */
export class TemplateError extends ImageUpdaterError {
  override readonly name = "TemplateError";
  override readonly code: TemplateErrorCode;
  readonly context: Omit<TemplateErrorContext, "cause">;

  constructor(
    code: TemplateErrorCode,
    message: string,
    { cause, ...context }: TemplateErrorContext = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.context = context;
  }

  /** Like `instanceof`, but also true for an error thrown by another copy of this package. */
  static override is(value: unknown): value is TemplateError {
    return isImageUpdaterError(value) && value.name === "TemplateError";
  }
}
