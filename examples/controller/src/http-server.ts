import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { BindAddress } from "./bind-address.js";

/** What a route answers. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Answers the requests of one path; a rejection is answered with 500. */
export type Route = (request: IncomingMessage) => Reply | Promise<Reply>;

/** A server that listens. */
export interface HttpServer {
  readonly port: number;
  /** Takes no more requests; those that run are answered. */
  close(): Promise<void>;
}

const PATIENCE_MS = 10_000;

/** Serves routes by their path, over TLS where that is given. */
export async function startHttpServer(
  address: BindAddress,
  routes: Readonly<Record<string, Route>>,
  tls?: ServerOptions,
): Promise<HttpServer> {
  const listener: RequestListener = (request, response) => {
    void answer(routes, request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  // A sender that never ends its request must not keep a connection.
  server.requestTimeout = PATIENCE_MS;
  return { port: await listen(server, address), close: () => close(server) };
}

async function answer(
  routes: Readonly<Record<string, Route>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = ""] = (request.url ?? "").split("?");
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  const { status, body, headers } = await replyOf(route, request);
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers });
  response.end(request.method === "HEAD" ? undefined : body);
}

async function replyOf(route: Route | undefined, request: IncomingMessage): Promise<Reply> {
  if (route === undefined) return { status: 404, body: "not found\n" };
  try {
    return await route(request);
  } catch {
    return { status: 500, body: "internal error\n" };
  }
}

function listen(server: Server, { host, port }: BindAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
