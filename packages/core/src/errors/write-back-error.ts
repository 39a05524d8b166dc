import { ImageUpdaterError, isImageUpdaterError } from "./image-updater-error.js";

/** Why a change could not be written; add codes at the end, never rename one. */
export type WriteBackErrorCode =
  | "no-target"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "branch-not-found"
  | "rejected"
  | "conflict"
  | "unavailable"
  | "timeout"
  | "cancelled"
  | "unsupported"
  | "invalid-response"
  | "invalid-branch"
  | "unsafe-path"
  | "too-large"
  | "signing-failed"
  | "host-key"
  | "certificate"
  | "no-effect"
  | "drops-parameters";

/** Where it happened. Never a credential, never a URL with user information. */
export interface WriteBackErrorContext {
  /** Repository URL without user information, or the Application's `namespace/name`. */
  readonly target: string;
  readonly branch?: string | undefined;
  readonly path?: string | undefined;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<WriteBackErrorCode> = new Set(["conflict", "unavailable", "timeout"]);

/** A change could not be written, or the files it touches could not be read. */
export class WriteBackError extends ImageUpdaterError {
  override readonly name = "WriteBackError";
  override readonly code: WriteBackErrorCode;
  readonly context: Omit<WriteBackErrorContext, "cause">;

  constructor(
    code: WriteBackErrorCode,
    message: string,
    { cause, ...context }: WriteBackErrorContext,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.context = context;
  }

  override get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }

  /** Like `instanceof`, but also true for an error thrown by another copy of this package. */
  static override is(value: unknown): value is WriteBackError {
    return isImageUpdaterError(value) && value.name === "WriteBackError";
  }
}
