import { GitRemoteError, type GitRemoteErrorKind } from "../../git-remote-error.js";
import { cleanServerText } from "../server-text.js";
import type { ChannelEnd } from "./ssh-channel.js";

/** What an error of a connection is described with. */
export interface LoginContext {
  readonly target: string;
  /** User and public key, for people. */
  readonly login: string;
  /** The error for a server that has no host key of a type that can be checked. */
  readonly noCommonType: () => GitRemoteError;
}

/**
 * The error that a failed connection stands for.
 *
 * `unauthorized` for a key that was refused, `timeout` and `unavailable` for what may pass by itself,
 * `unsupported` for a server without an algorithm in common.
 */
export function connectionError(cause: Error, context: LoginContext): GitRemoteError {
  const { target, login } = context;
  const message = cleanServerText(cause.message, []);
  const create = (kind: GitRemoteErrorKind, reason: string): GitRemoteError =>
    new GitRemoteError(kind, `${target}: ${reason}`, { target, cause });
  if (isLogin(cause)) return create("unauthorized", `the server refused the SSH key of ${login}`);
  if (message.includes("no matching host key format")) return context.noCommonType();
  if (message.startsWith("Handshake failed: no matching")) {
    return create("unsupported", `the SSH server has no algorithm in common: ${message}`);
  }
  if (hasCode(cause, "ETIMEDOUT"))
    return create("timeout", `cannot reach the SSH server: ${message}`);
  return create("unavailable", `the SSH connection failed: ${describe(cause, message)}`);
}

/** Disconnects of the server bear a number (RFC 4253, section 11.1). */
const NO_MORE_METHODS = 14;

function isLogin(cause: Error): boolean {
  if ("level" in cause && cause.level === "client-authentication") return true;
  // OpenSSH counts attempts, and says so as an error of the protocol.
  return hasCode(cause, NO_MORE_METHODS) || /authentication failures/iu.test(cause.message);
}

function hasCode(cause: Error, code: string | number): boolean {
  return "code" in cause && cause.code === code;
}

function describe(cause: Error, message: string): string {
  if (message !== "") return message;
  // As of several addresses that were all tried.
  return "code" in cause ? String(cause.code) : cause.name;
}

/** The error for a connection that ended while an answer was awaited. */
export function connectionLost(target: string, cause?: unknown): GitRemoteError {
  const message = `the SSH connection to ${target} was lost`;
  return new GitRemoteError("unavailable", message, { target, cause });
}

/**
 * The error that the end of a server's program stands for; `undefined` when it ended well.
 *
 * Servers say why in their own words only, on the error output. Those of Git itself and of the forges
 * are known here; any others are `invalid-response`.
 */
export function programError(
  program: string,
  { code, signal, said }: ChannelEnd,
  target: string,
): GitRemoteError | undefined {
  if (code === 0) return undefined;
  const text = cleanServerText(said, []);
  if (code === undefined && signal === undefined && text === "") return undefined;
  const words = text === "" ? "" : `: ${text}`;
  const create = (kind: GitRemoteErrorKind, reason: string): GitRemoteError =>
    new GitRemoteError(kind, `${target}: ${reason}${words}`, { target });
  if (signal !== undefined) return create("unavailable", `${program} was ended by ${signal}`);
  if (code === NO_SUCH_COMMAND || NO_COMMAND.test(text)) {
    return create("unsupported", `the server has no ${program}`);
  }
  if (saysNoRepository(text)) {
    return create("not-found", "there is no such repository, or no access to it");
  }
  if (NO_PERMISSION.test(text)) return create("forbidden", "access is forbidden");
  if (IS_BUSY.test(text)) return create("unavailable", "the server is busy");
  return create("invalid-response", `${program} ended with code ${code ?? "unknown"}`);
}

const NO_SUCH_COMMAND = 127;
const NO_COMMAND = /command not found|(?:unrecognized|unknown)(?: git)? command/iu;
const NO_REPOSITORY =
  /not appear to be a git repository|no such (?:file|repository|project)|cannot find repository/iu;
const REPOSITORY = /(?:repository|project)\b/iu;
const MISSING = /not found|could not be found|not exist/iu;
const NO_PERMISSION =
  /permission|denied|forbidden|not allowed|not authori[sz]ed|unauthori[sz]ed|read[- ]only/iu;
const IS_BUSY = /too many|rate limit|try again|temporarily|unavailable|maintenance/iu;

function saysNoRepository(text: string): boolean {
  if (NO_REPOSITORY.test(text)) return true;
  const start = text.search(REPOSITORY);
  return start !== -1 && MISSING.test(text.slice(start));
}
