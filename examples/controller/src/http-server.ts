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

/** What a server puts up with. */
export interface HttpLimits {
  /** For a TLS handshake, for a request to come whole, and for a pause of any kind. Default 10 s. */
  readonly slowMs: number;
  /** At the same time; more are closed at once. Default 256. */
  readonly connections: number;
}

const LIMITS: HttpLimits = { slowMs: 10_000, connections: 256 };

/** Slow requests are looked for so often; by itself, Node.js does so every 30 seconds. */
const LONGEST_CHECK_MS = 1000;

/** What a server serves, and how. */
export interface HttpServerSettings {
  readonly routes: Readonly<Record<string, Route>>;
  readonly tls?: ServerOptions | undefined;
  readonly limits?: Partial<HttpLimits> | undefined;
}

/** Serves routes by their path, over TLS where that is given. */
export async function startHttpServer(
  address: BindAddress,
  { routes, tls, limits }: HttpServerSettings,
): Promise<HttpServer> {
  const { slowMs, connections } = { ...LIMITS, ...limits };
  const listener: RequestListener = (request, response) => {
    void answer(routes, request, response);
  };
  // A sender that never ends its request must not keep a connection, nor one that reads no answer.
  const times = {
    headersTimeout: slowMs,
    requestTimeout: slowMs,
    connectionsCheckingInterval: Math.min(slowMs, LONGEST_CHECK_MS),
  };
  const server =
    tls === undefined
      ? createServer(times, listener)
      : createTlsServer({ ...times, ...tls, handshakeTimeout: slowMs }, listener);
  server.setTimeout(slowMs);
  server.maxConnections = connections;
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
