import { ImageUpdaterError, isImageUpdaterError } from "./image-updater-error.js";

/** Why a registry could not answer; add codes at the end, never rename one. */
export type RegistryErrorCode =
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "rate-limited"
  | "unavailable"
  | "timeout"
  | "cancelled"
  | "invalid-response"
  | "too-large"
  | "digest-mismatch"
  | "refused-address"
  | "no-registry"
  | "unsupported";

/** Where it happened. Never a credential, never a full URL with a query. */
export interface RegistryErrorContext {
  readonly host: string;
  readonly repository?: string | undefined;
  readonly reference?: string | undefined;
  readonly status?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<RegistryErrorCode> = new Set([
  "rate-limited",
  "unavailable",
  "timeout",
]);

/** A registry call failed. */
export class RegistryError extends ImageUpdaterError {
  override readonly name = "RegistryError";
  override readonly code: RegistryErrorCode;
  readonly context: Omit<RegistryErrorContext, "cause">;

  constructor(
    code: RegistryErrorCode,
    message: string,
    { cause, ...context }: RegistryErrorContext,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.context = context;
  }

  override get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }

  /** Like `instanceof`, but also true for an error thrown by another copy of this package. */
  static override is(value: unknown): value is RegistryError {
    return isImageUpdaterError(value) && value.name === "RegistryError";
  }
}
