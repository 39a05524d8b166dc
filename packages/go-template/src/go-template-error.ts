/** Why a template gave no text; add codes at the end, never rename one. */
export type GoTemplateErrorCode = "parse" | "execute" | "too-large";

/** A template that is wrong, fails on its data, or asks for more than it may have. */
export class GoTemplateError extends Error {
  override readonly name = "GoTemplateError";
  readonly code: GoTemplateErrorCode;
  /** Offset into the template, in UTF-16 code units, where it is known. */
  readonly offset: number | undefined;

  constructor(code: GoTemplateErrorCode, message: string, offset?: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}
