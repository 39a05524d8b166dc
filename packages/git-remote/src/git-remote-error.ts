/** Why a repository could not be read or written; add kinds at the end, never rename one. */
export type GitRemoteErrorKind =
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "branch-not-found"
  | "unavailable"
  | "timeout"
  | "cancelled"
  | "unsupported"
  | "invalid-response"
  | "invalid-branch"
  | "invalid-key"
  | "unsafe-path"
  | "too-large"
  | "host-key"
  | "certificate";

/** Where it happened. Never a credential, never a URL with user information. */
export interface GitRemoteErrorContext {
  /** Repository URL without user information. */
  readonly target: string;
  readonly branch?: string | undefined;
  readonly path?: string | undefined;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<GitRemoteErrorKind> = new Set(["unavailable", "timeout"]);

/** A repository, or a file of it, could not be read or written. Branch on `kind`, never on the message. */
export class GitRemoteError extends Error {
  override readonly name = "GitRemoteError";
  readonly kind: GitRemoteErrorKind;
  readonly context: Omit<GitRemoteErrorContext, "cause">;

  constructor(
    kind: GitRemoteErrorKind,
    message: string,
    { cause, ...context }: GitRemoteErrorContext,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.context = context;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return RETRYABLE.has(this.kind);
  }

  /** Like `instanceof`, but also true for an error thrown by another copy of this package. */
  static is(value: unknown): value is GitRemoteError {
    if (value instanceof GitRemoteError) return true;
    return (
      value instanceof Error &&
      value.name === "GitRemoteError" &&
      "kind" in value &&
      typeof value.kind === "string"
    );
  }
}
