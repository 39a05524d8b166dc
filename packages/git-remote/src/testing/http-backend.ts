import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { GitProgram } from "./git-program.js";

/** What `git http-backend` needs to know of a request (gitcgi). */
export interface BackendRequest {
  readonly root: string;
  readonly user: string | undefined;
  readonly body: Uint8Array;
  /** Added to what the program sees; wins over the request's own. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads a whole request body. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Passes a request to `git http-backend` by CGI and answers its response as it is being made. */
export async function runHttpBackend(
  program: GitProgram,
  request: IncomingMessage,
  { root, user, body, environment }: BackendRequest,
): Promise<CgiResponse> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const child = await program.startBehind("http-backend", {
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
    ...environment,
  });
  child.once("error", () => undefined);
  // It may end without reading all of its input, and it says why on its standard error.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(body);
  child.stderr?.resume();
  return parseCgi(child.stdout ?? []);
}

/** An answer in the form of CGI, taken apart. */
export interface CgiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Sends an answer, piece by piece. */
export async function sendResponse(
  response: ServerResponse,
  { status, headers, body }: CgiResponse,
): Promise<void> {
  response.writeHead(status, headers);
  await pipeline(body, response);
}

const HEAD_END = "\r\n\r\n";

async function parseCgi(
  output: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<CgiResponse> {
  const chunks = iterate(output);
  let head = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const next = await chunks.next();
    if (next.done === true) {
      return { status: 500, headers: {}, body: [Buffer.from("git http-backend failed")] };
    }
    head = Buffer.concat([head, next.value]);
    end = head.indexOf(HEAD_END);
  }
  const { status = "200", ...headers } = parseHeaders(head.toString("latin1", 0, end));
  const body = join(head.subarray(end + HEAD_END.length), chunks);
  return { status: Number.parseInt(status, 10), headers, body };
}

function parseHeaders(head: string): Readonly<Record<string, string>> {
  const lines = head.split("\r\n").map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return Object.fromEntries(lines);
}

async function* iterate(
  output: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* output;
}

async function* join(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
