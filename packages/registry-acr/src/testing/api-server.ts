import { createServer, type IncomingMessage, type Server } from "node:http";
import type { ApiAnswer, ApiAsk } from "./api-message.js";

/** A server on 127.0.0.1. */
export interface ApiServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server that answers every request by the function. */
export async function startApiServer(answer: (ask: ApiAsk) => ApiAnswer): Promise<ApiServer> {
  async function handle(request: IncomingMessage): Promise<ApiAnswer> {
    return answer(await readAsk(request));
  }
  const server = createServer((request, response) => {
    handle(request)
      .then(({ status, headers, body }) => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        return response.end(body);
      })
      // A client that goes away in the middle is a part of many tests.
      .catch(() => request.socket.destroy());
  });
  return { url: await listen(server), close: () => close(server) };
}

async function readAsk(request: IncomingMessage): Promise<ApiAsk> {
  const { method = "GET", url: target = "/" } = request;
  let body = "";
  request.setEncoding("utf8");
  for await (const chunk of request) body += String(chunk);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  return { method, target, url: new URL(target, "http://127.0.0.1"), headers, body };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no port"));
      else resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
