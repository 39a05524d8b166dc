import type { Repository } from "@image-updater/core";
import type { RateLimitNotice, WarningNotice } from "@image-updater/registry-oci";
import { createDockerHubRegistry } from "@image-updater/registry-oci";
import { describe, expect, it } from "vitest";
import { canonicalApiUrl, canonicalRepository } from "../../src/docker-hub/canonical-repository.js";
import { createJumpingClock } from "../support/jumping-clock.js";
import {
  createClient,
  pathsOf,
  registryErrorOf,
  startRegistry,
  startServer,
} from "../support/loopback.js";

const AMD64 = { platforms: ["linux/amd64"] };
const fixture = {
  "library/nginx": [
    { tag: "1.0", created: "2024-01-01T00:00:00Z" },
    { tag: "2.0", platforms: ["linux/amd64", "linux/arm64/v8"] },
  ],
};

/** Docker Hub as images name it, answered by the loopback server. */
function nginx({ url }: { readonly url: string }): Repository {
  return { host: "docker.io", path: "library/nginx", apiUrl: url };
}

describe("the names of Docker Hub", () => {
  it.each([
    "https://docker.io",
    "https://index.docker.io",
    "https://index.docker.io/v1/",
    "https://registry-1.docker.io",
    "https://registry-1.docker.io/",
    "https://registry.hub.docker.com/v2",
    "https://REGISTRY-1.docker.io",
  ])("%s is the one that is asked", (apiUrl) => {
    expect(canonicalApiUrl(apiUrl)).toBe("https://registry-1.docker.io");
  });

  it.each([
    "https://registry-1.docker.io.example.com",
    "https://docker.io.example.com",
    "https://ghcr.io",
    "http://registry-1.docker.io",
    "https://registry-1.docker.io:8443",
  ])("%s is another registry", (apiUrl) => {
    const repository = { host: "h", path: "nginx", apiUrl };
    expect(canonicalRepository(repository)).toBe(repository);
  });

  it.each([
    ["nginx", "library/nginx"],
    ["library/nginx", "library/nginx"],
    ["team/app", "team/app"],
  ])("%s there is %s", (path, expected) => {
    const repository = { host: "index.docker.io", path, apiUrl: "https://index.docker.io" };
    expect(canonicalRepository(repository)).toMatchObject({
      host: "index.docker.io",
      path: expected,
    });
  });

  it("are served by its own client, and no other registry is", () => {
    const { serves } = createDockerHubRegistry();
    const hub = { host: "docker.io", path: "a/b", apiUrl: "https://index.docker.io" };
    expect([serves(hub), serves({ ...hub, apiUrl: "https://ghcr.io" })]).toEqual([true, false]);
  });
});

describe("pulls", () => {
  it("are not spent on digests and lists", async () => {
    const server = await startRegistry({ fixture, pullLimit: { limit: 0 } });
    const client = createClient();
    await expect(client.listTags(nginx(server))).resolves.toEqual(["1.0", "2.0"]);
    for (let count = 0; count < 3; count += 1) await client.resolveDigest(nginx(server), "2.0");
    expect(pathsOf(server).slice(1)).toEqual(
      Array(3).fill("HEAD /v2/library/nginx/manifests/2.0 200"),
    );
  });

  it.each([
    ["1.0", 1],
    ["2.0", 2],
  ])("a description of %s costs %i", async (tag, pulls) => {
    const server = await startRegistry({ fixture, pullLimit: { limit: 10 } });
    const notices: RateLimitNotice[] = [];
    const client = createClient({ onRateLimit: (notice) => notices.push(notice) });
    await client.describeTag(nginx(server), tag, AMD64);
    expect(notices.at(-1)?.remaining).toBe(10 - pulls);
  });

  it("that are used up are rate-limited, and the tag is not gone", async () => {
    const server = await startRegistry({ fixture, pullLimit: { limit: 1 } });
    const client = createClient({ clock: createJumpingClock(), retries: 1 });
    await client.describeTag(nginx(server), "1.0", AMD64);
    const error = await registryErrorOf(client.describeTag(nginx(server), "1.0", AMD64));
    expect(error).toMatchObject({ code: "rate-limited", context: { host: "docker.io" } });
    expect(pathsOf(server).filter((path) => path.endsWith("429"))).toHaveLength(2);
  });

  it("are told after every answer that counts them", async () => {
    const source = "3a8cbd55-1c1c-4d4b-9a53-3f9d9d9a6a11";
    const pullLimit = { limit: 1, windowSeconds: 3600, source };
    const server = await startRegistry({ fixture, pullLimit });
    const notices: RateLimitNotice[] = [];
    const client = createClient({ onRateLimit: (notice) => notices.push(notice) });
    await client.listTags(nginx(server));
    await client.resolveDigest(nginx(server), "1.0");
    await client.describeTag(nginx(server), "1.0", AMD64);
    await registryErrorOf(client.describeTag(nginx(server), "1.0", AMD64));
    const place = { host: "docker.io", repository: "library/nginx" };
    const said = { ...place, limit: 1, windowSeconds: 3600, source };
    expect(notices).toEqual([1, 0, 0].map((remaining) => ({ ...said, remaining })));
  });
});

describe("what a registry says beside the point", () => {
  it("is told once for each warning, of the registry alone", async () => {
    const away = await startServer((_, response) => {
      response.setHeader("warning", '299 - "of the storage"');
      response.end('{"tags":["1"]}');
    });
    const url = await startServer((request, response) => {
      response.setHeader("warning", '299 - "read only", 299 - "soon"');
      if (request.url?.startsWith("/v2/b/") === true) {
        response.writeHead(307, { location: away }).end();
      } else response.end('{"tags":["1"]}');
    });
    const warnings: WarningNotice[] = [];
    const client = createClient({ onWarning: (warning) => warnings.push(warning) });
    for (const path of ["a", "a", "b"]) await client.listTags({ host: "r", path, apiUrl: url });
    expect(warnings).toEqual([
      { host: "r", repository: "a", text: "read only" },
      { host: "r", repository: "a", text: "soon" },
    ]);
  });
});
