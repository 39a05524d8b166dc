import { ImageUpdaterError, isImageUpdaterError } from "./image-updater-error.js";

/** Why credentials could not be had; add codes at the end, never rename one. */
export type CredentialErrorCode =
  | "not-found"
  | "forbidden-namespace"
  | "invalid-secret"
  | "unsupported-reference"
  | "unavailable"
  | "cancelled"
  | "forbidden";

/** Which credential; its place, never its value. */
export interface CredentialErrorContext {
  /** The reference as text, for example `pullsecret:argocd/dockerhub`. */
  readonly reference: string;
  readonly cause?: unknown;
}

/** A secret or credential could not be read, or does not have the form it should. */
export class CredentialError extends ImageUpdaterError {
  override readonly name = "CredentialError";
  override readonly code: CredentialErrorCode;
  readonly context: Omit<CredentialErrorContext, "cause">;

  constructor(
    code: CredentialErrorCode,
    message: string,
    { cause, ...context }: CredentialErrorContext,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.context = context;
  }

  override get retryable(): boolean {
    return this.code === "unavailable";
  }

  /** Like `instanceof`, but also true for an error thrown by another copy of this package. */
  static override is(value: unknown): value is CredentialError {
    return isImageUpdaterError(value) && value.name === "CredentialError";
  }
}
