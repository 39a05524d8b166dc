import { WriteBackError } from "@image-updater/core";

/** What kind of `WriteBackError` a {@link ProtocolError} becomes. */
export type ProtocolErrorCode = "invalid-response" | "too-large";

/**
 * Bytes of a server that make no sense or are too many, or a refusal inside the protocol.
 *
 * Internal: it knows no URL. Whoever does turns it into a `WriteBackError`.
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** What the server itself said, when it did refuse. */
  readonly said: string | undefined;
  readonly code: ProtocolErrorCode;

  constructor(message: string, said?: string, code: ProtocolErrorCode = "invalid-response") {
    super(message);
    this.said = said;
    this.code = code;
  }
}

/** Turns a `ProtocolError` into a `WriteBackError` of a repository; any other error stays as it is. */
export function nameProtocolError(
  error: unknown,
  target: string,
  clean?: (text: string) => string,
): unknown {
  if (!(error instanceof ProtocolError)) return error;
  const said = error.said === undefined || clean === undefined ? "" : `: ${clean(error.said)}`;
  const message = `${target}: ${error.message}${said}`;
  return new WriteBackError(error.code, message, { target, cause: error });
}
