import { WriteBackError, type WriteBackErrorCode } from "@image-updater/core";
import { cleanServerText } from "@image-updater/git-remote";

/** One of the errors that an answer of the GraphQL API lists. */
export interface GraphQlError {
  readonly type?: string | undefined;
  readonly message: string;
}

/** What messages name, and what they must never hold. */
export interface CommitPlace {
  /** URL of the repository, without user information. */
  readonly target: string;
  readonly branch: string;
  readonly secrets: readonly string[];
}

/**
 * The error that the errors of a GraphQL answer of GitHub stand for: `conflict` when the branch has
 * moved (`STALE_DATA`), `rejected` for what has no meaning of its own.
 */
export function graphQlError(errors: readonly GraphQlError[], place: CommitPlace): WriteBackError {
  const codes = errors.map((error) => codeOf(error));
  const code = codes.includes("conflict") ? "conflict" : (codes[0] ?? "invalid-response");
  const said = cleanServerText(errors.map(({ message }) => message).join("; "), place.secrets);
  return commitError(code, `GitHub: ${said}`, place);
}

/** An error of a commit that GitHub was asked for. */
export function commitError(
  code: WriteBackErrorCode,
  reason: string,
  { target, branch }: CommitPlace,
  cause?: unknown,
): WriteBackError {
  const message = `cannot commit to ${branch} of ${target}: ${reason}`;
  return new WriteBackError(code, message, { target, branch, cause });
}

const CODES: Readonly<Record<string, WriteBackErrorCode>> = {
  STALE_DATA: "conflict",
  NOT_FOUND: "not-found",
  FORBIDDEN: "forbidden",
  INSUFFICIENT_SCOPES: "forbidden",
  RATE_LIMITED: "unavailable",
  SERVICE_UNAVAILABLE: "unavailable",
  INTERNAL: "unavailable",
};

function codeOf({ type, message }: GraphQlError): WriteBackErrorCode {
  if (/expected branch to point to/iu.test(message)) return "conflict";
  if (type !== undefined) return CODES[type] ?? "rejected";
  // A request that took too long has no type, and may have been done all the same.
  return /something went wrong|timed? ?out/iu.test(message) ? "unavailable" : "rejected";
}
