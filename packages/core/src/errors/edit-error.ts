import { ImageUpdaterError, isImageUpdaterError } from "./image-updater-error.js";

/** Why a file cannot be edited; add codes at the end, never rename one. */
export type EditErrorCode =
  | "unsupported-yaml"
  | "invalid-yaml"
  | "not-utf8"
  | "file-not-found"
  | "invalid-path"
  | "path-outside-repository"
  | "index-out-of-range"
  | "index-missing"
  | "invalid-index"
  | "not-a-scalar"
  | "not-a-mapping"
  | "not-a-sequence"
  | "not-found"
  | "test-failed"
  | "conflicting-changes";

/** Where in which file. */
export interface EditErrorContext {
  /** Path of the file in the repository, when the caller knows it. */
  readonly file?: string | undefined;
  /** Path inside the document, as the user wrote it: `image.tag`. */
  readonly path?: string | undefined;
  readonly cause?: unknown;
}

/** An edit was refused: the file has a shape that cannot be changed safely, or lacks what was named. */
export class EditError extends ImageUpdaterError {
  override readonly name = "EditError";
  override readonly code: EditErrorCode;
  readonly context: Omit<EditErrorContext, "cause">;

  constructor(code: EditErrorCode, message: string, { cause, ...context }: EditErrorContext = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.context = context;
  }

  /** Like `instanceof`, but also true for an error thrown by another copy of this package. */
  static override is(value: unknown): value is EditError {
    return isImageUpdaterError(value) && value.name === "EditError";
  }
}
