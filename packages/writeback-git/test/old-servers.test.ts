import { createServer } from "node:http";
import { Agent, request as forward } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listenOnLoopback } from "@image-updater/git-remote/testing";
import { startGitServer, type GitTestServer } from "../src/testing/index.js";
import { change, codeOf, localGit, messageOf, override } from "./changes.js";

let server: GitTestServer;
let url: string;

beforeAll(async () => {
  server = await startGitServer({ protocol: 0 });
  ({ url } = await server.createRepository("app", { branches: { main: { "a.txt": "a" } } }));
});
afterAll(() => server.close());

it("reads the plain report of a server that knows no side bands", async () => {
  // A capability that a server does not know is one that it does not have.
  const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
    const isPush = options.path.endsWith("/git-receive-pack");
    if (!isPush || !(options.body instanceof Uint8Array)) return dispatch(options, handler);
    const body = Buffer.from(options.body);
    expect(body.write("no-such-thing", body.indexOf("side-band-64k"))).toBe("side-band-64k".length);
    return dispatch({ ...options, body }, handler);
  });
  const target = localGit({ dispatcher });
  const write = async (file: string): Promise<{ readonly kind: string } | undefined> =>
    (await target.write([change("app", { repository: url }, [override(file, "v2")])]))[0];
  expect(codeOf(await write("b.yaml"))).toBe("written");
  expect(await server.readFile("app", "main", "b.yaml")).toContain("v2");
  await server.installHook("app", "update", "exit 1");
  const refused = await write("c.yaml");
  expect(codeOf(refused)).toBe("rejected");
  expect(messageOf(refused)).toContain("hook declined");
  await server.installHook("app", "update", "exit 0");
  await dispatcher.close();
});

it("says how long its requests are, for servers that want to know", async () => {
  const lengths: (readonly [string | undefined, string | undefined])[] = [];
  const front = createServer((incoming, response) => {
    void (async () => {
      const { method = "GET", headers } = incoming;
      if (method === "POST")
        lengths.push([headers["content-length"], headers["transfer-encoding"]]);
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
      const { connection: _, host: __, "content-length": ___, ...others } = headers;
      const body = method === "GET" ? null : Buffer.concat(chunks);
      const answer = await forward(`${server.url}${incoming.url ?? ""}`, {
        method: method === "GET" ? "GET" : "POST",
        headers: others,
        body,
      });
      const type = answer.headers["content-type"];
      response.writeHead(answer.statusCode, { "content-type": String(type) });
      response.end(Buffer.from(await answer.body.arrayBuffer()));
    })().catch(() => response.destroy());
  });
  const { port, close } = await listenOnLoopback(front);
  try {
    const results = await localGit().write([
      change("app", { repository: `http://127.0.0.1:${port}/app.git` }, [override("e.yaml", "v2")]),
    ]);
    expect(results.map(codeOf)).toEqual(["written"]);
  } finally {
    await close();
  }
  expect(lengths.length).toBeGreaterThan(1);
  for (const [length, encoding] of lengths) {
    expect(Number(length)).toBeGreaterThan(0);
    expect(encoding).toBeUndefined();
  }
});
