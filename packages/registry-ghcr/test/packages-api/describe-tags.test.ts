import { createGhcrRegistry, githubToken } from "@image-updater/registry-ghcr";
import { describe, expect, it } from "vitest";
import { createClient, registryErrorOf, repositoryAt, startApi } from "../support/loopback.js";
import {
  TOKEN,
  clientOf,
  credentials,
  describeTags,
  digest,
  manyVersions,
  repository,
  tokens,
} from "../support/packages.js";

describe("describeTags", () => {
  it.each([
    ["tagTimes", { credentials }],
    ["credentials", { tagTimes: "packages-api" }],
    ["both", {}],
  ] as const)("is not there without %s", (_, settings) => {
    expect("describeTags" in createGhcrRegistry(settings)).toBe(false);
  });

  it("waits no longer for credentials than it is told", async () => {
    const api = await startApi({ tokens });
    const never = { forRepository: () => new Promise<never>(() => undefined) };
    const client = clientOf(api.url, { credentials: never, credentialTimeoutMs: 20 });
    const error = await registryErrorOf(describeTags(client, repository));
    expect([error.code, error.message]).toEqual([
      "unavailable",
      expect.stringContaining("could not be had within 0.02 s"),
    ]);
    expect(api.requests).toEqual([]);
  });

  it("gives the digest and the push time of each tag", async () => {
    const packages = {
      "acme/app": [
        { digest: digest(2), tags: ["2.0", "latest"], createdAt: "2024-03-02T00:00:00Z" },
        { digest: digest(9) },
        { digest: digest(1), tags: ["1.0"], createdAt: "2024-03-01T00:00:00Z" },
      ],
    };
    const api = await startApi({ packages, tokens, organizations: ["acme"] });
    const newer = { at: "2024-03-02T00:00:00Z", source: "ghcr-push" };
    await expect(describeTags(clientOf(api.url), repository)).resolves.toEqual([
      { name: "2.0", digest: digest(2), created: newer },
      { name: "latest", digest: digest(2), created: newer },
      {
        name: "1.0",
        digest: digest(1),
        created: { at: "2024-03-01T00:00:00Z", source: "ghcr-push" },
      },
    ]);
  });

  it("has the time of the first push, not of the last tag", async () => {
    const packages = {
      "acme/app": [
        {
          digest: digest(1),
          tags: ["stable"],
          createdAt: "2023-01-01T00:00:00Z",
          updatedAt: "2024-06-01T00:00:00Z",
        },
      ],
    };
    const api = await startApi({ packages, tokens });
    const [tag] = await describeTags(clientOf(api.url), repository);
    expect(tag?.created?.at).toBe("2023-01-01T00:00:00Z");
  });

  it.each([
    ["0001-01-01T00:00:00Z", undefined],
    ["yesterday", undefined],
    ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"],
  ])("takes the time %s for %s", async (createdAt, expected) => {
    const packages = { "acme/app": [{ digest: digest(1), tags: ["1"], createdAt }] };
    const api = await startApi({ packages, tokens });
    const [tag] = await describeTags(clientOf(api.url), repository);
    expect(tag?.created?.at).toBe(expected);
  });

  it("leaves out what names another image's signature, and digests that are none", async () => {
    const packages = {
      "acme/app": [
        { digest: "latest", tags: ["1.0", `sha256-${"a".repeat(64)}.sig`, "not a tag"] },
        { digest: digest(3), tags: [`sha256-${"b".repeat(64)}`] },
      ],
    };
    const api = await startApi({ packages, tokens });
    const tags = await describeTags(clientOf(api.url), repository);
    expect(tags).toEqual([{ name: "1.0", created: expect.objectContaining({}) }]);
  });

  it("believes the version that was changed last where a tag is seen twice", async () => {
    const version = { tags: ["latest"], createdAt: "2024-01-01T00:00:00Z" };
    const packages = {
      "acme/app": [
        { ...version, digest: digest(1), updatedAt: "2024-01-02T00:00:00Z" },
        { ...version, digest: digest(2), updatedAt: "2024-01-03T00:00:00Z" },
        { ...version, digest: digest(3), updatedAt: "2024-01-01T00:00:00Z" },
      ],
    };
    const api = await startApi({ packages, tokens });
    const tags = await describeTags(clientOf(api.url), repository);
    expect(tags).toMatchObject([{ name: "latest", digest: digest(2) }]);
  });

  it("asks for a name with slashes and capitals in one step of the path", async () => {
    const packages = { "Acme/my/deep/app": manyVersions(1) };
    const api = await startApi({ packages, tokens, organizations: ["Acme"] });
    const deep = repositoryAt("http://127.0.0.1:9", "ACME/My/Deep/App");
    await expect(describeTags(clientOf(api.url), deep)).resolves.toHaveLength(1);
    expect(api.requests.map(({ path }) => path.split("?")[0])).toEqual([
      "/orgs/acme/packages/container/my%2Fdeep%2Fapp/versions",
    ]);
  });

  it("finds the API of an Enterprise Server below its path", async () => {
    const packages = { "acme/app": manyVersions(150) };
    const api = await startApi({ packages, tokens, basePath: "/api/v3" });
    const host = "containers.github.example";
    const client = clientOf(`${api.url}/`, {
      hosts: [host],
      credentials: githubToken(() => TOKEN, { hosts: [host] }),
    });
    const own = repositoryAt("http://127.0.0.1:9", "acme/app", host);
    await expect(describeTags(client, own)).resolves.toHaveLength(150);
    expect(api.requests.every(({ path }) => path.startsWith("/api/v3/"))).toBe(true);
  });

  it.each([
    ["an Enterprise Server without apiUrl", undefined, "acme/app", /set "apiUrl"/],
    ["an apiUrl that is none", "api.github.com", "acme/app", /it is not a URL/],
    ["an apiUrl with a password", "https://u:pw@github.example", "acme/app", /holds credentials/],
    ["a path without an owner", "http://127.0.0.1:9", "app", /write it as owner\/name/],
    ["a path that climbs", "http://127.0.0.1:9", "../app", /write it as owner\/name/],
    ["a path that climbs deeper", "http://127.0.0.1:9", "acme/..", /write it as owner\/name/],
  ])("refuses %s before it asks for a token", async (_, apiUrl, path, words) => {
    let asked = 0;
    const counting = githubToken(() => `${(asked += 1)}`);
    const host = "containers.github.example";
    const client = createClient({ tagTimes: "packages-api", credentials: counting, apiUrl });
    const own = repositoryAt("http://127.0.0.1:9", path, host);
    const error = await registryErrorOf(describeTags(client, own));
    expect(error).toMatchObject({ code: "refused-address", context: { host } });
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain("pw");
    expect(asked).toBe(0);
  });

  it("never gives the credentials of a mirror of ghcr.io to GitHub", async () => {
    let asked = 0;
    const counting = githubToken(() => `${(asked += 1)}`);
    const client = createClient({ tagTimes: "packages-api", credentials: counting });
    const mirror = repositoryAt("https://mirror.example.com", "acme/app", "ghcr.io");
    const error = await registryErrorOf(describeTags(client, mirror));
    expect(error.code).toBe("refused-address");
    expect(asked).toBe(0);
  });
});
