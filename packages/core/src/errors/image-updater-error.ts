/** The base of every error this SDK throws. Branch on `code`, never on the message. */
export abstract class ImageUpdaterError extends Error {
  /** From the closed union of the subclass. */
  abstract readonly code: string;

  /** Whether the same call may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return false;
  }

  /** Like `instanceof`, but also true for an error of another copy of this package, or of an adapter of ours. */
  static is(value: unknown): value is ImageUpdaterError {
    return isImageUpdaterError(value);
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

/** Far more than a person reads, far less than a registry's error page. */
const LONGEST_FOREIGN_MESSAGE = 500;

/**
 * Turns anything thrown into plain data; never throws itself.
 *
 * An error that is not ours is a bug in a strategy or an adapter: it is reported as `internal`. Its
 * message was written without our promises, so user information in URLs is cut out of it, and what is
 * longer than 500 characters.
 */
export function summarizeError(error: unknown): ErrorSummary {
  try {
    if (isImageUpdaterError(error)) {
      return { name: error.name, code: error.code, message: error.message };
    }
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return internalError(shorten(withoutUserInformation(text)));
  } catch {
    // A thrown value may refuse to become text, or even to be looked at.
    return internalError("something was thrown that cannot be described");
  }
}

/** Like `instanceof`, but also true for an error of another copy of this package, or of an adapter of ours. */
export function isImageUpdaterError(error: unknown): error is ImageUpdaterError {
  if (error instanceof ImageUpdaterError) return true;
  return (
    error instanceof Error &&
    OWN_NAMES.has(error.name) &&
    "code" in error &&
    typeof error.code === "string" &&
    "retryable" in error &&
    typeof error.retryable === "boolean"
  );
}

const OWN_NAMES: ReadonlySet<string> = new Set([
  "RegistryError",
  "WriteBackError",
  "EditError",
  "InputError",
  "CredentialError",
  "ApplicationError",
  "TemplateError",
  "KubernetesError",
]);

function internalError(message: string): ErrorSummary {
  return { name: "InternalError", code: "internal", message };
}

function withoutUserInformation(text: string): string {
  return text.replace(/:\/\/[^\s/?#]*@/gu, "://");
}

function shorten(text: string): string {
  if (text.length <= LONGEST_FOREIGN_MESSAGE) return text;
  return `${text.slice(0, LONGEST_FOREIGN_MESSAGE - 1)}…`;
}
