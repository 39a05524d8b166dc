import { ImageUpdaterError } from "@image-updater/core";

/** Why an API server did not do what it was asked; add codes at the end, never rename one. */
export type KubernetesErrorCode =
  | "bad-request"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "already-exists"
  | "conflict"
  | "expired"
  | "invalid"
  | "rate-limited"
  | "unavailable"
  | "timeout"
  | "cancelled"
  | "invalid-response"
  | "invalid-config"
  | "too-large";

/** Which call it was. Never a token, never a value of a secret. */
export interface KubernetesErrorContext {
  /** As RBAC says it: `get`, `list`, `watch`, `create`, `update`, `patch` or `delete`. */
  readonly verb?: string | undefined;
  /** As RBAC says it: `secrets`, or `applications.argoproj.io`, or `imageupdaters/status…`. */
  readonly resource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<KubernetesErrorCode> = new Set([
  "conflict",
  "expired",
  "rate-limited",
  "unavailable",
  "timeout",
]);

/** A call to an API server failed. Branch on {@link KubernetesError.code}, never on the message. */
export class KubernetesError extends ImageUpdaterError {
  override readonly name = "KubernetesError";
  override readonly code: KubernetesErrorCode;
  readonly context: Omit<KubernetesErrorContext, "cause">;

  constructor(
    code: KubernetesErrorCode,
    message: string,
    { cause, ...context }: KubernetesErrorContext = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.context = context;
  }

  override get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }

  /** Like `instanceof`, but also true for an error thrown by another copy of this package. */
  static override is(value: unknown): value is KubernetesError {
    return (
      value instanceof KubernetesError ||
      (value instanceof Error && value.name === "KubernetesError" && "code" in value)
    );
  }
}
