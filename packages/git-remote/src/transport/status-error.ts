import { GitRemoteError, type GitRemoteErrorKind } from "../git-remote-error.js";
import { readStart, type HttpAnswer } from "./http-transport.js";

/** What is known of the request that an answer belongs to. */
export interface StatusContext {
  readonly target: string;
  readonly authorized: boolean;
  /** Makes text of the server fit for a message. */
  readonly clean: (text: string) => string;
}

/** The error that an HTTP status other than 200 stands for; reads the answer to its end. */
export async function statusError(
  answer: HttpAnswer,
  context: StatusContext,
): Promise<GitRemoteError> {
  const { target, authorized } = context;
  const said = await plainText(answer, context);
  const [kind, reason] = meaningOf(answer.status, authorized);
  const message = `${target}: ${reason} (HTTP ${answer.status})${said === "" ? "" : `: ${said}`}`;
  return new GitRemoteError(kind, message, { target });
}

function meaningOf(
  status: number,
  authorized: boolean,
): readonly [kind: GitRemoteErrorKind, reason: string] {
  // Azure DevOps answers 203 and a sign-in page to whoever has no credentials.
  if (status === 401 || status === 203) {
    const reason = authorized ? "the credentials were refused" : "credentials are needed";
    return ["unauthorized", reason];
  }
  if (status === 407) return ["unauthorized", "the proxy wants other credentials"];
  if (status === 403) return ["forbidden", "access is forbidden"];
  if (status === 404) return ["not-found", "there is no such repository, or no access to it"];
  if (status === 408) return ["timeout", "the server gave up waiting"];
  if (status === 413) return ["too-large", "the server refuses a push of this size"];
  if (status === 429) return ["unavailable", "the server asks to send fewer requests"];
  if (status >= 500) return ["unavailable", "the server failed"];
  return ["invalid-response", "the server did not answer as a Git server"];
}

async function plainText({ headers, body }: HttpAnswer, { clean }: StatusContext): Promise<string> {
  const text = Buffer.from(await readStart(body, LONGEST_TEXT)).toString("utf8");
  return (headers["content-type"] ?? "").startsWith("text/plain") ? clean(text) : "";
}

const LONGEST_TEXT = 64 * 1024;
