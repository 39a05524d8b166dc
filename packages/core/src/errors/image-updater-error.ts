/** The base of every error this SDK throws. Branch on `code`, never on the message. */
export abstract class ImageUpdaterError extends Error {
  /** From the closed union of the subclass. */
  abstract readonly code: string;

  /** Whether the same call may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return false;
  }

  /** Plain data for plans and logs: never the cause, which may come from a foreign library. */
  toJSON(): ErrorSummary {
    return { name: this.name, code: this.code, message: this.message };
  }
}

/** An error as plain data: what a plan, a report or a log line holds. */
export interface ErrorSummary {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Turns anything thrown into plain data.
 *
 * An error that is not ours is a bug in a strategy or an adapter: it is reported as `internal`.
 */
export function summarizeError(error: unknown): ErrorSummary {
  if (isImageUpdaterError(error)) {
    return { name: error.name, code: error.code, message: error.message };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { name: "InternalError", code: "internal", message };
}

/** Like `instanceof`, but also true for an error of another copy of this package. */
export function isImageUpdaterError(error: unknown): error is ImageUpdaterError {
  return (
    error instanceof ImageUpdaterError ||
    (error instanceof Error && "code" in error && OWN_NAMES.has(error.name))
  );
}

const OWN_NAMES: ReadonlySet<string> = new Set([
  "RegistryError",
  "WriteBackError",
  "EditError",
  "CredentialError",
  "ApplicationError",
  "TemplateError",
]);
