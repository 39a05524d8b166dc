import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { BodyTooLargeError, joinHeaders, readBody, readBodyStart } from "@image-updater/http";
import { request, type Dispatcher } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";

const LIMIT = 1000;
const BODIES: Readonly<Record<string, readonly [encoding: string, body: Buffer]>> = {
  "/whole": ["identity", Buffer.alloc(LIMIT, "a")],
  "/large": ["identity", Buffer.alloc(100 * LIMIT, "a")],
  "/bomb": ["gzip", gzipSync(Buffer.alloc(100 * LIMIT, "a"))],
  "/strange": ["zstd", Buffer.from("strange")],
  "/often": ["gzip, gzip, gzip, gzip", Buffer.alloc(100 * LIMIT, "a")],
};

const server = createServer(({ url = "" }, response) => {
  const [encoding, body] = BODIES[url] ?? ["identity", Buffer.of()];
  response.setHeader("content-encoding", encoding);
  response.end(body);
});

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(path: string): Promise<Dispatcher.ResponseData> {
  const { port } = server.address() as AddressInfo;
  return request(`http://127.0.0.1:${port}${path}`);
}

function readingOf({ headers }: Dispatcher.ResponseData): {
  encoding: string | undefined;
  limit: number;
} {
  return { encoding: joinHeaders(headers).get("content-encoding"), limit: LIMIT };
}

it("reads a body of just the limit", async () => {
  const answer = await ask("/whole");
  expect(await readBody(answer.body, readingOf(answer))).toHaveLength(LIMIT);
});

it.each(["/large", "/bomb"])(
  "refuses %s, which is larger, and keeps nothing open",
  async (path) => {
    const answer = await ask(path);
    const read = readBody(answer.body, readingOf(answer));
    await expect(read).rejects.toThrow(BodyTooLargeError);
    expect(answer.body.destroyed).toBe(true);
  },
);

it.each(["/strange", "/often"])(
  "refuses %s by its encoding, and keeps nothing open",
  async (path) => {
    const answer = await ask(path);
    const read = readBody(answer.body, readingOf(answer));
    await expect(read).rejects.toMatchObject({ name: "ContentEncodingError" });
    expect(answer.body.destroyed).toBe(true);
  },
);

it.each([
  ["/whole", LIMIT],
  ["/large", LIMIT],
  ["/bomb", LIMIT],
  ["/strange", 0],
  ["/often", 0],
])("reads of %s a start of %i bytes", async (path, length) => {
  const answer = await ask(path);
  expect(await readBodyStart(answer.body, readingOf(answer))).toHaveLength(length);
  expect(answer.body.destroyed || answer.body.readableEnded).toBe(true);
});
