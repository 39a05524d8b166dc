import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { inspect } from "node:util";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { createGitWriteBack } from "@image-updater/writeback-git";
import { Agent, request as forward } from "undici";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { listenOnLoopback } from "@image-updater/git-remote/testing";
import { createHttpTransport, readStart } from "@image-updater/git-remote";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { change, codeOf, localGit, messageOf, override } from "./changes.js";

let server: GitTestServer;

beforeAll(async () => {
  server = await startGitServer();
  await server.createRepository("app", { branches: { main: { "a.txt": "a" } } });
});
afterAll(() => server.close());
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A server before the Git server that encodes every answer. */
async function writeThrough(
  coding: string,
  encode: (bytes: Uint8Array) => Uint8Array,
  file: string,
): Promise<{ readonly result: { readonly kind: string } | undefined; readonly wanted: unknown }> {
  const wanted = new Set<unknown>();
  const front = createServer((incoming, response) => {
    void (async () => {
      const { method = "GET", headers } = incoming;
      wanted.add(headers["accept-encoding"]);
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
      const { connection: _, host: __, "content-length": ___, ...others } = headers;
      const answer = await forward(`${server.url}${incoming.url ?? ""}`, {
        method: method === "GET" ? "GET" : "POST",
        headers: others,
        body: method === "GET" ? null : Buffer.concat(chunks),
      });
      response.writeHead(answer.statusCode, {
        "content-type": String(answer.headers["content-type"]),
        "content-encoding": coding,
      });
      response.end(encode(Buffer.from(await answer.body.arrayBuffer())));
    })().catch(() => response.destroy());
  });
  const { port, close } = await listenOnLoopback(front);
  try {
    const repository = `http://127.0.0.1:${port}/app.git`;
    const [result] = await localGit().write([
      change("app", { repository }, [override(file, "v2")]),
    ]);
    return { result, wanted: [...wanted] };
  } finally {
    await close();
  }
}

it.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
] as const)("reads and writes through a server that sends %s unasked", async (coding, encode) => {
  const { result, wanted } = await writeThrough(coding, encode, `${coding}.yaml`);
  expect([codeOf(result), messageOf(result)]).toEqual(["written", ""]);
  expect(await server.readFile("app", "main", `${coding}.yaml`)).toContain("v2");
  expect(wanted).toEqual(["identity"]);
});

it("says that an answer is not what its header names", async () => {
  const { result } = await writeThrough("gzip", (bytes) => bytes, "no.yaml");
  expect(codeOf(result)).toBe("invalid-response");
  expect(messageOf(result)).toContain("is not the gzip that its header names");
});

it("decodes no more than its limit", async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const { port, close } = await listenOnLoopback(
    createServer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
    }),
  );
  const send = createHttpTransport({ dispatcher: undefined, requestTimeoutMs: 60_000 });
  const url = `http://127.0.0.1:${port}/`;
  const limits = { maxBytes: 1024 * 1024, signal: undefined };
  const answer = await send({ method: "GET", url, headers: {}, target: url, ...limits });
  await expect(readStart(answer.body, 64 * 1024 * 1024)).rejects.toMatchObject({
    kind: "too-large",
  });
  await close();
});

it("where the runtime replaces undici, refuses what it ignores, and stops bodies without its dump", async () => {
  vi.stubGlobal("Bun", {});
  expect(() => createGitWriteBack({ dispatcher: new Agent() })).toThrow(
    "createGitWriteBack: Bun ignores the setting(s) dispatcher;",
  );
  const connection = { insecure: true, proxy: "http://127.0.0.1:1" };
  const credentials = { forGit: async () => ({ kind: "anonymous", connection }) as const };
  const refused = createGitWriteBack({ credentials, allowHttp: true });
  const repository = `${server.url}/app.git`;
  const [result] = await refused.write([change("app", { repository }, [override("b.yaml", "v2")])]);
  expect(messageOf(result)).toContain("Bun ignores the setting(s) insecure, proxy;");
  const [written] = await localGit().write([
    change("app", { repository }, [override("c.yaml", "v2")]),
  ]);
  expect(codeOf(written)).toBe("written");
});

it("keeps no byte of an answer that is not HTTP in its errors", async () => {
  const secret = "canary-5f3a9c1e";
  const broken = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(`HTTP/1.1 2oo ${secret}\r\nx: ${secret}\r\n\r\n`));
  });
  await new Promise<void>((resolve) => broken.listen(0, "127.0.0.1", resolve));
  const address = broken.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const send = createHttpTransport({ dispatcher: undefined, requestTimeoutMs: 60_000 });
  const url = `http://127.0.0.1:${address.port}/`;
  const limits = { maxBytes: 1024, signal: undefined };
  const asked = send({ method: "GET", url, headers: {}, target: url, ...limits });
  const error: unknown = await asked.catch((thrown: unknown) => thrown);
  expect(inspect(error, { depth: 20, showHidden: true })).toMatch(/HTTPParserError/u);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(secret);
  broken.close();
});
