import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { ApiAnswer } from "./api-answer.js";

/** Key and certificate in PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** One request that a server saw. */
export interface JsonRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Decoded JSON; undefined where there was none. */
  readonly body: unknown;
}

/** A server on 127.0.0.1. */
export interface WebServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server; a request whose handling fails loses its connection. */
export async function startWebServer(
  tls: ServerCertificate | undefined,
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<WebServer> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(() => request.socket.destroy());
  };
  const server =
    tls === undefined ? createHttpServer(listener) : createHttpsServer({ ...tls }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Reads a request with its body to the end. */
export async function readJsonRequest(request: IncomingMessage): Promise<JsonRequest> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) text += String(chunk);
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  return { method: request.method ?? "GET", path: request.url ?? "/", body };
}

/** Sends an answer, as JSON if it does not say otherwise. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: ApiAnswer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body);
}
