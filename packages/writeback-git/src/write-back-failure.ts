import {
  CredentialError,
  summarizeError,
  WriteBackError,
  type ErrorSummary,
  type WriteBackErrorCode,
} from "@image-updater/core";
import {
  GitRemoteError,
  type GitRemoteErrorKind,
  nameProtocolError,
} from "@image-updater/git-remote";

/** What each kind of failure of a remote repository is to whoever writes back. */
const CODES: Readonly<Record<Exclude<GitRemoteErrorKind, "invalid-key">, WriteBackErrorCode>> = {
  unauthorized: "unauthorized",
  forbidden: "forbidden",
  "not-found": "not-found",
  "branch-not-found": "branch-not-found",
  unavailable: "unavailable",
  timeout: "timeout",
  cancelled: "cancelled",
  unsupported: "unsupported",
  "invalid-response": "invalid-response",
  "invalid-branch": "invalid-branch",
  "unsafe-path": "unsafe-path",
  "too-large": "too-large",
  "host-key": "host-key",
  certificate: "certificate",
};

/**
 * The error of ours that a failure of a remote repository is; anything else stays as it is.
 *
 * Where `target` is given, what a server said that makes no sense is named by it, too.
 */
export function writeBackFailure(error: unknown, target?: string): unknown {
  const named = target === undefined ? error : nameProtocolError(error, target);
  if (!GitRemoteError.is(named)) return named;
  const { kind, message, context } = named;
  if (kind === "invalid-key") {
    const { target: reference } = context;
    return new CredentialError("invalid-secret", message, { reference, cause: named });
  }
  return new WriteBackError(CODES[kind], message, { ...context, cause: named });
}

/** Plain data of anything thrown, a failure of a remote repository as the error of ours that it is. */
export function summarizeFailure(error: unknown, target?: string): ErrorSummary {
  return summarizeError(writeBackFailure(error, target));
}

/** The error of a call that its caller ended. */
export function cancelledError(target: string): WriteBackError {
  return new WriteBackError("cancelled", `the work on ${target} was cancelled`, { target });
}
