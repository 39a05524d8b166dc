import { ImageUpdaterError, isImageUpdaterError } from "./image-updater-error.js";

/** Why an Application could not be read or patched; add codes at the end, never rename one. */
export type ApplicationErrorCode =
  | "not-found"
  | "conflict"
  | "forbidden"
  | "unavailable"
  | "cancelled"
  | "invalid-response"
  | "unauthorized"
  | "rejected"
  | "reverted";

/** Which Application. */
export interface ApplicationErrorContext {
  /** `namespace/name`. */
  readonly application: string;
  readonly cause?: unknown;
}

/** A call to an `ApplicationSource` or `ApplicationClient` failed. */
export class ApplicationError extends ImageUpdaterError {
  override readonly name = "ApplicationError";
  override readonly code: ApplicationErrorCode;
  readonly context: Omit<ApplicationErrorContext, "cause">;

  constructor(
    code: ApplicationErrorCode,
    message: string,
    { cause, ...context }: ApplicationErrorContext,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.context = context;
  }

  override get retryable(): boolean {
    return this.code === "conflict" || this.code === "unavailable";
  }

  /** Like `instanceof`, but also true for an error thrown by another copy of this package. */
  static override is(value: unknown): value is ApplicationError {
    return isImageUpdaterError(value) && value.name === "ApplicationError";
  }
}
