import { WriteBackError } from "@image-updater/core";

/**
 * Bytes of a server that make no sense, or a refusal inside the protocol.
 *
 * Internal: it knows no URL. Whoever does turns it into a `WriteBackError`.
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** What the server itself said, when it did refuse. */
  readonly said: string | undefined;

  constructor(message: string, said?: string) {
    super(message);
    this.said = said;
  }
}

/** Turns a `ProtocolError` into `invalid-response` of a repository; any other error stays as it is. */
export function nameProtocolError(
  error: unknown,
  target: string,
  clean?: (text: string) => string,
): unknown {
  if (!(error instanceof ProtocolError)) return error;
  const said = error.said === undefined || clean === undefined ? "" : `: ${clean(error.said)}`;
  const message = `${target}: ${error.message}${said}`;
  return new WriteBackError("invalid-response", message, { target, cause: error });
}
