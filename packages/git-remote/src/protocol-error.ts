import { GitRemoteError } from "./git-remote-error.js";

/** What kind of `GitRemoteError` a {@link ProtocolError} becomes. */
export type ProtocolErrorKind = "invalid-response" | "too-large";

/**
 * Bytes of a server that make no sense or are too many, or a refusal inside the protocol.
 *
 * It knows no URL: whoever does turns it into a `GitRemoteError` by {@link nameProtocolError}.
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** What the server itself said, when it did refuse. */
  readonly said: string | undefined;
  readonly kind: ProtocolErrorKind;

  constructor(message: string, said?: string, kind: ProtocolErrorKind = "invalid-response") {
    super(message);
    this.said = said;
    this.kind = kind;
  }
}

/** Turns a `ProtocolError` into a `GitRemoteError` of a repository; any other error stays as it is. */
export function nameProtocolError(
  error: unknown,
  target: string,
  clean?: (text: string) => string,
): unknown {
  if (!(error instanceof ProtocolError)) return error;
  const said = error.said === undefined || clean === undefined ? "" : `: ${clean(error.said)}`;
  const message = `${target}: ${error.message}${said}`;
  return new GitRemoteError(error.kind, message, { target, cause: error });
}
