import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { SecureVersion } from "node:tls";
import { listenOnLoopback } from "@image-updater/git-remote/testing";
import type { TlsCertificate } from "./tls-authority.js";

/** Settings of {@link startTlsFront}. */
export interface TlsFrontOptions extends TlsCertificate {
  /** Demands a certificate of clients that this authority (PEM) has issued. */
  readonly clientAuthority?: string | undefined;
  /** Refuses whose `Authorization` it does not like with 401. Default: the server behind decides. */
  readonly authorize?: ((authorization: string | undefined) => boolean) | undefined;
  /** Default: the newest there is. */
  readonly maxVersion?: SecureVersion | undefined;
}

/** A server that speaks TLS for another one. */
export interface TlsFront {
  /** `https://localhost:<port>`. */
  readonly url: string;
  /** The URL below which a URL of the server behind is found. */
  urlOf(inner: string): string;
  /** How many connections were opened, and whether they got as far as a request or not. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Passes HTTPS requests on loopback to a plain HTTP server, for example one of `startGitServer`. */
export async function startTlsFront(inner: string, options: TlsFrontOptions): Promise<TlsFront> {
  const { certificate, key, clientAuthority, maxVersion, authorize } = options;
  let connections = 0;
  const server = createServer(
    {
      cert: certificate,
      key,
      ...(maxVersion === undefined ? {} : { maxVersion }),
      ...(clientAuthority === undefined
        ? {}
        : { requestCert: true, rejectUnauthorized: true, ca: clientAuthority }),
    },
    (given, response) => {
      if (authorize?.(given.headers.authorization) !== false) {
        pass(new URL(inner), given, response);
      } else {
        given.resume();
        response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      }
    },
  );
  server.on("connection", () => {
    connections += 1;
  });
  // A client that does not like the certificate.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  const { port, close } = await listenOnLoopback(server);
  const url = `https://localhost:${port}`;
  return {
    url,
    urlOf: (text) => text.replace(new URL(inner).origin, url),
    get connections(): number {
      return connections;
    },
    close,
  };
}

function pass(inner: URL, given: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url: path } = given;
  const { hostname, port } = inner;
  const passed = request({ hostname, port, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on("error", () => response.destroy());
  given.pipe(passed);
}
