import { createServer, type RequestListener } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { listenOnLoopback } from "@image-updater/git-remote/testing";
import {
  createTlsAuthority,
  startForgeServer,
  startTlsFront,
  type ForgeTestServer,
} from "../../src/testing/index.js";
import { describeWith } from "../describe-with.js";
import { forgeOn, leapingClock, TOKEN } from "./forges.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function startServer(listener: RequestListener): Promise<Pick<ForgeTestServer, "url">> {
  const { port, close } = await listenOnLoopback(createServer(listener));
  closing.push(close);
  return { url: `http://127.0.0.1:${port}` };
}

/** Lists pull requests, with no time for a second attempt. */
async function errorOf(server: Pick<ForgeTestServer, "url">): Promise<unknown> {
  const limits = { clock: leapingClock(), deadlineMs: 0 };
  const forge = forgeOn("github", server, { limits, requestTimeoutMs: 20_000 });
  return forge.list({ base: "main", state: "open" }).catch((error: unknown) => error);
}

const WHO = "the API of GitHub for https://git.example.com/team/app.git";

describe("the API of a forge", () => {
  it("that cannot be reached is told by the repository", async () => {
    const server = await startServer(() => undefined);
    await closing.pop()?.();
    expect(await errorOf(server)).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(`cannot reach ${WHO}: `),
      context: { target: "https://git.example.com/team/app.git" },
    });
  });

  it("that answers without end is cut off", async () => {
    const chunk = Buffer.alloc(1024 * 1024, " ");
    const server = await startServer((_, response) => {
      const send = (): void => {
        while (!response.destroyed && response.write(chunk));
        response.once("drain", send);
      };
      send();
    });
    expect(await errorOf(server)).toMatchObject({
      code: "too-large",
      message: expect.stringContaining(`the answer of ${WHO} is larger than`),
    });
  });

  it("that lists large pages without end is cut off", async () => {
    const page = Buffer.from(`[${" ".repeat(30 * 1024 * 1024)}]`);
    let pages = 0;
    const server = await startServer((_, response) => {
      pages += 1;
      response.setHeader("link", `<http://x/?page=${pages + 1}>; rel="next"`).end(page);
    });
    expect(await errorOf(server)).toMatchObject({
      code: "too-large",
      message: expect.stringContaining("a list of the API of GitHub is larger than"),
    });
    expect(pages).toBeLessThan(10);
  });
});

describeWith(["openssl", "openssl"])("the API of a forge over TLS", () => {
  it("that nobody vouches for is refused as a Git server is, and not shown the token", async () => {
    const authority = await createTlsAuthority();
    closing.push(authority.close);
    const api = await startForgeServer({ kind: "github", token: TOKEN });
    closing.push(api.close);
    const front = await startTlsFront(api.url, await authority.issue());
    closing.push(front.close);
    expect(await errorOf({ url: front.urlOf(api.url) })).toMatchObject({
      code: "certificate",
      message: expect.stringMatching(/the API of GitHub for .*not signed by a trusted authority/u),
    });
    expect(api.requests).toEqual([]);
  });
});
