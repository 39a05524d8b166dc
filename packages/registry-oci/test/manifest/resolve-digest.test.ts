import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import {
  createClient,
  pathsOf,
  registryErrorOf,
  repositoryOf,
  startRegistry,
  startServer,
} from "../support/loopback.js";

const digest = `sha256:${"a".repeat(64)}`;
const body = JSON.stringify({
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: [],
});

type Head = (response: ServerResponse) => void;

/** A registry that answers HEAD as told and GET with an empty index. */
async function resolve(
  head: Head,
): Promise<{ readonly digest: unknown; readonly methods: string[] }> {
  const methods: string[] = [];
  const url = await startServer((request: IncomingMessage, response) => {
    methods.push(request.method ?? "");
    if (request.method === "HEAD") head(response);
    else response.end(body);
  });
  const found = createClient().resolveDigest({ host: "r", path: "a", apiUrl: url }, "1");
  return { digest: await found, methods };
}

describe("resolveDigest", () => {
  it("needs one HEAD, and follows a tag that is pushed again", async () => {
    const server = await startRegistry({ fixture: { "team/app": [{ tag: "1" }] } });
    const client = createClient();
    const before = await client.resolveDigest(repositoryOf(server), "1");
    const pushed = server.push("team/app", { tag: "1", content: "again" });
    await expect(client.resolveDigest(repositoryOf(server), "1")).resolves.toBe(pushed);
    expect(pushed).not.toBe(before);
    expect(pathsOf(server)).toEqual(Array(2).fill("HEAD /v2/team/app/manifests/1 200"));
    server.delete("team/app", "1");
    await expect(client.resolveDigest(repositoryOf(server), "1")).resolves.toBeUndefined();
  });

  it("takes the digest of the header", async () => {
    const found = await resolve((response) => {
      response.writeHead(200, { "docker-content-digest": digest }).end();
    });
    expect(found).toEqual({ digest, methods: ["HEAD"] });
  });

  it.each([
    ["no digest", 200, {}],
    ["a digest that is none", 200, { "docker-content-digest": "latest" }],
    ["no HEAD (400)", 400, {}],
    ["no HEAD (404)", 404, {}],
    ["no HEAD (405)", 405, {}],
    ["no HEAD (501)", 501, {}],
  ])("reads the manifest of a registry with %s", async (_, status, headers) => {
    const found = await resolve((response) => {
      response.writeHead(status, headers as Record<string, string>).end();
    });
    expect(found.methods).toEqual(["HEAD", "GET"]);
    expect(found.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("does not take a web page in its way for a tag that is gone", async () => {
    const url = await startServer((_, response) => {
      response.writeHead(404, { "content-type": "text/html" }).end("<html>not here");
    });
    const gone = createClient().resolveDigest({ host: "r", path: "a", apiUrl: url }, "1");
    expect((await registryErrorOf(gone)).code).toBe("not-found");
  });

  it("follows a redirect to another origin", async () => {
    const away = await startServer((_, response) => {
      response.writeHead(200, { "docker-content-digest": digest }).end();
    });
    const found = await resolve((response) => {
      response.writeHead(307, { location: away }).end();
    });
    expect(found.digest).toBe(digest);
  });

  it.each([
    [403, "forbidden"],
    [429, "rate-limited"],
    [500, "unavailable"],
  ])("throws for HEAD with %i", async (status, code) => {
    const error = await registryErrorOf(
      resolve((response) => {
        response.writeHead(status).end();
      }),
    );
    expect(error).toMatchObject({ code, context: { reference: "1", status } });
  });
});
