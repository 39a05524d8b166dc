import { summarizeError, type ErrorSummary } from "../errors/image-updater-error.js";
import { redactUserInfo } from "./redact-user-info.js";

/** What a port or a strategy threw, as plain data; a URL in the message loses its user information. */
export function summarizeFailure(error: unknown): ErrorSummary {
  return redactError(summarizeError(error));
}

/** The same for an error that an adapter answered with. */
export function redactError(error: ErrorSummary): ErrorSummary {
  return { ...error, message: redactUserInfo(error.message) };
}
