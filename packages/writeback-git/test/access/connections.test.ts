import { createServer, type Server } from "node:http";
import type { GitConnection } from "@image-updater/core";
import { request } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createConnections } from "../../src/access/connections.js";

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((_, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const REFERENCE = "https://example.com/a.git";
const INSECURE: GitConnection = { insecure: true };

it.each([
  [undefined],
  [{}],
  [{ ca: "", proxy: "", insecure: false }],
  [{ noProxy: "example.com" }],
] as const)("lends nothing for %j", async (connection) => {
  expect(await createConnections().borrow(connection, REFERENCE)).toBeUndefined();
});

it("lends the same dispatcher for the same settings, and others for others", async () => {
  const connections = createConnections();
  const lent = await Promise.all([
    connections.borrow({ insecure: true }, REFERENCE),
    connections.borrow({ insecure: true }, "https://example.com/b.git"),
    connections.borrow({ insecure: true, proxy: "http://127.0.0.1:1" }, REFERENCE),
    connections.borrow({ insecure: true, proxy: "http://a:b@127.0.0.1:1" }, REFERENCE),
  ]);
  const [first, second, third, fourth] = lent.map((one) => one?.dispatcher);
  expect(first).toBe(second);
  expect(new Set([first, third, fourth]).size).toBe(3);
});

it("closes what had to go, but not before it is given back", async () => {
  const connections = createConnections(1);
  const first = await connections.borrow(INSECURE, REFERENCE);
  const second = await connections.borrow(INSECURE, REFERENCE);
  if (first === undefined || second === undefined) throw new Error("nothing was lent");
  await connections.borrow({ ...INSECURE, proxy: "http://127.0.0.1:1" }, REFERENCE);
  const { dispatcher } = first;
  first.release();
  first.release();
  const { statusCode, body } = await request(url, { dispatcher });
  expect([statusCode, await body.text()]).toEqual([200, "ok"]);
  second.release();
  await expect(request(url, { dispatcher })).rejects.toThrow("The client is closed");
  const anew = await connections.borrow(INSECURE, REFERENCE);
  expect(anew?.dispatcher).not.toBe(dispatcher);
});

it("keeps what is used", async () => {
  const connections = createConnections(2);
  const proxied = (port: number): GitConnection => ({ proxy: `http://127.0.0.1:${port}` });
  const first = await connections.borrow(INSECURE, REFERENCE);
  await connections.borrow(proxied(1), REFERENCE);
  await connections.borrow(INSECURE, REFERENCE);
  await connections.borrow(proxied(2), REFERENCE);
  expect((await connections.borrow(INSECURE, REFERENCE))?.dispatcher).toBe(first?.dispatcher);
});
