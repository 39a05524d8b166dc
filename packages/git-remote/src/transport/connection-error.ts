import { GitRemoteError, type GitRemoteErrorKind } from "../git-remote-error.js";
import { withoutReceivedBytes } from "@image-updater/http";
import { ProxyError } from "./proxy-error.js";
import { tlsFailure, type ConnectionFailure } from "./tls-failure.js";

/** Which connection failed, and what its time is limited by. */
export interface ConnectionContext {
  readonly target: string;
  /** What messages name. Default: the target. */
  readonly name?: string | undefined;
  /** URL of the request. */
  readonly url: string;
  readonly timeout: AbortSignal;
  readonly requestTimeoutMs: number;
}

/**
 * The error that a failed connection stands for, by what the network, TLS or a proxy says.
 *
 * `timeout`, `certificate` for a server that cannot be trusted, `unauthorized` for one that
 * wants another client certificate and for a proxy that wants other credentials, `forbidden` for a proxy
 * that lets nobody through, else `unavailable`.
 */
export function connectionError(context: ConnectionContext, thrown: unknown): GitRemoteError {
  const cause = withoutReceivedBytes(thrown);
  const { target, name = target, url, timeout, requestTimeoutMs } = context;
  if (timeout.aborted || isTimeout(cause)) {
    const message = `${name} did not answer within ${requestTimeoutMs} ms`;
    return new GitRemoteError("timeout", message, { target, cause });
  }
  const failure = cause instanceof ProxyError ? proxyFailure(cause) : failureOf(cause, hostOf(url));
  const message = `cannot reach ${name}: ${failure.reason}`;
  return new GitRemoteError(failure.kind, message, { target, cause });
}

/** What the status of a proxy's own answer means. */
function proxyStatus(status: number): GitRemoteErrorKind {
  if (status === 407) return "unauthorized";
  return status >= 500 || status === 429 ? "unavailable" : "forbidden";
}

function proxyFailure({ proxy, status, cause }: ProxyError): ConnectionFailure {
  if (status === undefined) {
    const { kind, reason } = failureOf(cause, proxy);
    return { kind, reason: `through the proxy ${proxy}: ${reason}` };
  }
  const wants = status === 407 ? "wants other credentials than those in its URL" : "refuses";
  return { kind: proxyStatus(status), reason: `the proxy ${proxy} ${wants} (HTTP ${status})` };
}

function failureOf(cause: unknown, host: string): ConnectionFailure {
  return tlsFailure(cause, host) ?? { kind: "unavailable", reason: describe(cause) };
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && /TIMEOUT|ETIMEDOUT/u.test(String(cause.code));
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message !== "") return cause.message;
  return "code" in cause ? String(cause.code) : cause.name;
}
