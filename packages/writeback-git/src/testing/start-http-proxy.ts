import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { listenOnLoopback } from "@image-updater/git-remote/testing";
import type { TlsCertificate } from "./tls-authority.js";

/** Settings of {@link startHttpProxy}. */
export interface HttpProxyOptions {
  /** Refuses whoever does not send this. Default: everybody may pass. */
  readonly auth?: { readonly username: string; readonly password: string } | undefined;
  /** Lets the proxy itself speak TLS. */
  readonly tls?: TlsCertificate | undefined;
  /** Answers this status to every request, or breaks the connection. */
  readonly fault?: { readonly status: number } | "drop" | undefined;
}

/** Something a client wanted of the proxy. */
export interface ProxiedRequest {
  /** `CONNECT` for a tunnel. */
  readonly method: string;
  /** Host and port for a tunnel, else a URL. */
  readonly target: string;
  /** Whether the credentials of the proxy came with it. */
  readonly authorized: boolean;
  /** Whether the proxy saw credentials of the server behind. */
  readonly sawAuthorization: boolean;
}

/** An HTTP proxy on loopback. */
export interface HttpProxyServer {
  /** With user and password, if it has some. */
  readonly url: string;
  /** Every request so far. */
  readonly requests: readonly ProxiedRequest[];
  close(): Promise<void>;
}

/** Starts a proxy for tunnels (`CONNECT`) and for requests whose target is a whole URL. */
export async function startHttpProxy(options: HttpProxyOptions = {}): Promise<HttpProxyServer> {
  const { auth, tls, fault } = options;
  const requests: ProxiedRequest[] = [];
  const admit = (given: IncomingMessage): number => {
    const { method = "GET", url = "", headers } = given;
    const authorized = auth === undefined || headers["proxy-authorization"] === basic(auth);
    const sawAuthorization = headers.authorization !== undefined;
    requests.push({ method, target: url, authorized, sawAuthorization });
    if (fault === "drop") return 0;
    return fault?.status ?? (authorized ? 200 : 407);
  };
  const handle = (given: IncomingMessage, response: ServerResponse): void => {
    const status = admit(given);
    if (status === 0) response.destroy();
    else if (status === 200) forward(given, response);
    else response.writeHead(status).end("the proxy says no");
  };
  const server =
    tls === undefined
      ? createServer(handle)
      : createTlsServer({ cert: tls.certificate, key: tls.key }, handle);
  server.on("connect", (given: IncomingMessage, socket: Duplex, head: Buffer) => {
    const status = admit(given);
    if (status === 0) socket.destroy();
    else if (status === 200) tunnel(given, socket, head);
    else socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
  });
  const { port, close } = await listenOnLoopback(server);
  const { username = "", password = "" } = auth ?? {};
  const login = auth === undefined ? "" : `${encode(username)}:${encode(password)}@`;
  const origin = tls === undefined ? `127.0.0.1:${port}` : `localhost:${port}`;
  return { url: `${tls === undefined ? "http" : "https"}://${login}${origin}`, requests, close };
}

function encode(text: string): string {
  return encodeURIComponent(text);
}

function basic({ username, password }: NonNullable<HttpProxyOptions["auth"]>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** The names of loopback all lead to the version of IP that the servers of tests listen on. */
function addressOf(hostname: string): string {
  return hostname.endsWith("localhost") || hostname.endsWith(".test") ? "127.0.0.1" : hostname;
}

function tunnel({ url = "" }: IncomingMessage, client: Duplex, head: Buffer): void {
  const { hostname, port } = new URL(`http://${url}`);
  const server = connect(Number(port || "80"), addressOf(hostname), () => {
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    server.write(head);
    server.pipe(client).pipe(server);
  });
  const end = (): void => {
    client.destroy();
    server.destroy();
  };
  server.on("error", end).on("close", end);
  client.on("error", end).on("close", end);
}

function forward(given: IncomingMessage, response: ServerResponse): void {
  const { hostname, port, pathname, search } = new URL(given.url ?? "");
  const { "proxy-authorization": _, ...headers } = given.headers;
  const target = { hostname: addressOf(hostname), port, path: `${pathname}${search}` };
  const passed = request({ ...target, method: given.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on("error", () => response.destroy());
  given.pipe(passed);
}
