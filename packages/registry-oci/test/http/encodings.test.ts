import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createHttpClient } from "../../src/http/http-client.js";
import { createClient, registryErrorOf, startServer } from "../support/loopback.js";

const MIB = 1024 * 1024;
const TEXT = Buffer.from('{"tags":["1","2"]}');

const CODINGS = [
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["GZIP", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
  ["identity", (bytes: Uint8Array) => Buffer.from(bytes)],
  ["", (bytes: Uint8Array) => Buffer.from(bytes)],
  ["gzip, br", (bytes: Uint8Array) => brotliCompressSync(gzipSync(bytes))],
  ["identity, gzip", gzipSync],
] as const;

describe("a registry that encodes what nobody asked it to", () => {
  it.each(CODINGS)("is read all the same: %j", async (coding, encode) => {
    const asked: unknown[] = [];
    const apiUrl = await startServer((request, response) => {
      asked.push(request.headers["accept-encoding"]);
      response.writeHead(200, { "content-encoding": coding }).end(encode(TEXT));
    });
    const list = createClient().listTags({ host: "r", path: "a", apiUrl });
    await expect(list).resolves.toEqual(["1", "2"]);
    expect(asked).toEqual(["identity"]);
  });

  it.each([
    ["what it does not say", "gzip", TEXT, "invalid-response"],
    ["what nobody knows", "zstd", TEXT, "invalid-response"],
    ["too much", "gzip", gzipSync(Buffer.alloc(64 * MIB)), "too-large"],
  ])("is an error where it sends %s", async (_, coding, body, code) => {
    const apiUrl = await startServer((_request, response) => {
      response.writeHead(200, { "content-encoding": coding }).end(body);
    });
    const error = await registryErrorOf(createClient().listTags({ host: "r", path: "a", apiUrl }));
    expect(error.code).toBe(code);
  });

  it("is understood where it fails, and by its status where it is not", async () => {
    const said = '{"errors":[{"code":"DENIED","message":"not yours"}]}';
    for (const [body, expected] of [
      [gzipSync(said), "answered 403 (DENIED: not yours)"],
      [Buffer.from(said), "answered 403"],
    ] as const) {
      const apiUrl = await startServer((_, response) => {
        response.writeHead(403, { "content-encoding": "gzip" }).end(body);
      });
      const list = createClient().listTags({ host: "r", path: "a", apiUrl });
      expect((await registryErrorOf(list)).message).toContain(expected);
    }
  });

  it("may say so of an answer without a body", async () => {
    const url = await startServer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end();
    });
    const place = { host: "r" };
    const asked = { method: "HEAD", url: new URL(url), place, bodyLimit: 0 } as const;
    await expect(createHttpClient().send(asked)).resolves.toMatchObject({ status: 200 });
  });
});
