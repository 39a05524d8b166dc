import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { ContentEncodingError, decodeContent } from "@image-updater/http";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";

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

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(bytes: Uint8Array, coding: string, size = 7, limit = MIB): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeContent(piecesOf(bytes, size), coding, limit)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("decodeContent", () => {
  it.each(CODINGS)("undoes %j", async (coding, encode) => {
    expect(await decode(encode(TEXT), coding)).toEqual(TEXT);
  });

  it("gives back whatever was encoded, in pieces of any size", async () => {
    const bytes = fc.uint8Array({ maxLength: 5000 });
    const sizes = fc.integer({ min: 1, max: 6000 });
    await fc.assert(
      fc.asyncProperty(
        bytes,
        sizes,
        fc.constantFrom(...CODINGS),
        async (given, size, [coding, encode]) => {
          expect(await decode(encode(given), coding, size)).toEqual(Buffer.from(given));
        },
      ),
    );
  });

  it("takes no body for no body", async () => {
    expect(await decode(Buffer.alloc(0), "gzip")).toHaveLength(0);
  });

  it.each([
    ["zstd", TEXT],
    ["gzip", TEXT],
    ["deflate", TEXT],
    ["br", TEXT],
    ["gzip", gzipSync(TEXT).subarray(0, 20)],
    ["gzip", Buffer.from("x")],
    ["gzip, gzip, gzip, gzip", TEXT],
  ])("refuses what is not the %s that the header names", async (coding, bytes) => {
    await expect(decode(bytes, coding)).rejects.toThrow(ContentEncodingError);
  });

  it("reads no more than is asked for, and no more than the limit", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB));
    let sent = 0;
    let length = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of piecesOf(bomb, 1024)) {
        sent += piece.length;
        yield piece;
      }
    }
    for await (const chunk of decodeContent(counted(), "gzip", MIB)) {
      length += chunk.length;
      if (length > MIB) break;
    }
    expect(sent).toBeLessThan(bomb.length / 2);
    await expect(decode(gzipSync(TEXT), "gzip", 7, 10)).rejects.toThrow("encoded bytes");
  });

  it("fails with its source, and lets go of it when nobody reads on", async () => {
    let closed = 0;
    async function* breaking(): AsyncGenerator<Uint8Array> {
      try {
        yield gzipSync(Buffer.alloc(MIB)).subarray(0, 200);
        throw new TypeError("the connection broke");
      } finally {
        closed += 1;
      }
    }
    const reading = async (): Promise<void> => {
      for await (const chunk of decodeContent(breaking(), "gzip", MIB)) void chunk;
    };
    await expect(reading()).rejects.toThrow("the connection broke");
    expect(closed).toBe(1);
  });

  it("leaves alone what the runtime has decoded, as Bun does", async () => {
    vi.stubGlobal("Bun", {});
    expect(await decode(TEXT, "gzip")).toEqual(TEXT);
  });
});
