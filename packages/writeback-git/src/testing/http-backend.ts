import type { IncomingMessage, ServerResponse } from "node:http";
import { outputOf, type GitProgram } from "./git-program.js";

/** What `git http-backend` needs to know of a request (gitcgi). */
export interface BackendRequest {
  readonly root: string;
  readonly user: string | undefined;
  readonly body: Uint8Array;
}

/** Reads a whole request body. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Passes a request to `git http-backend` by CGI and answers the whole response it made. */
export async function runHttpBackend(
  program: GitProgram,
  request: IncomingMessage,
  { root, user, body }: BackendRequest,
): Promise<CgiResponse> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const child = program.start(["http-backend"], {
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    REQUEST_METHOD: request.method ?? "GET",
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: request.headers["content-type"] ?? "",
    CONTENT_LENGTH: String(body.length),
    HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
    GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    REMOTE_ADDR: request.socket.remoteAddress ?? "",
    ...(user === undefined ? {} : { REMOTE_USER: user }),
  });
  const { stdout } = await outputOf(child, body);
  return parseCgi(stdout);
}

/** An answer in the form of CGI, taken apart. */
export interface CgiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Sends an answer. */
export function sendResponse(
  response: ServerResponse,
  { status, headers, body }: CgiResponse,
): void {
  response.writeHead(status, { ...headers, "content-length": body.length });
  response.end(body);
}

function parseCgi(output: Buffer): CgiResponse {
  const end = output.indexOf("\r\n\r\n");
  if (end < 0) return { status: 500, headers: {}, body: Buffer.from("git http-backend failed") };
  const headers: Record<string, string> = {};
  for (const line of output.toString("latin1", 0, end).split("\r\n")) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { status = "200", ...rest } = headers;
  return { status: Number.parseInt(status, 10), headers: rest, body: output.subarray(end + 4) };
}
