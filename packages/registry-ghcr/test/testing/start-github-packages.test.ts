import { request } from "undici";
import { describe, expect, it } from "vitest";
import { startApi } from "../support/loopback.js";

const VERSIONS = "/orgs/acme/packages/container/app/versions";
const versions = Array.from({ length: 65 }, (_, index) => ({
  digest: `sha256:${index.toString(16).padStart(64, "0")}`,
  tags: [`${index}`],
}));
const options = {
  packages: { "acme/app": versions, "acme/deep/app": versions, "robot/app": versions },
  organizations: ["acme"],
  tokens: {
    reader: { login: "robot" },
    other: { login: "other" },
    poor: { login: "poor", scopes: ["repo"] },
  },
};

interface Got {
  readonly status: number;
  readonly header: (name: string) => string;
  readonly body: string;
}

async function get(
  url: string,
  token?: string,
  headers: Record<string, string> = {},
): Promise<Got> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await request(url, {
    headers: { "user-agent": "test", ...authorization, ...headers },
  });
  const body = await answer.body.text();
  return { status: answer.statusCode, header: (name) => String(answer.headers[name] ?? ""), body };
}

describe("startGithubPackages", () => {
  it.each([
    ["nobody", undefined, VERSIONS, 401],
    ["a token that is unknown", "stale", VERSIONS, 401],
    ["a token without the scope", "poor", VERSIONS, 403],
    ["a reader", "reader", VERSIONS, 200],
    ["who takes an organization for a user", "reader", VERSIONS.replace("orgs", "users"), 404],
    ["who asks for a user", "reader", VERSIONS.replace("orgs/acme", "users/robot"), 200],
    ["who takes a user for an organization", "reader", VERSIONS.replace("acme", "robot"), 404],
    ["who asks for what is not there", "reader", VERSIONS.replace("app", "none"), 404],
    ["a slash that is encoded", "reader", VERSIONS.replace("app", "deep%2Fapp"), 200],
    ["a slash that is none", "reader", VERSIONS.replace("app", "deep/app"), 404],
    ["anything else", "reader", "/repos/acme/app", 404],
    ["one's own", "reader", "/user/packages/container/app/versions", 200],
    ["one's own that is another's", "other", "/user/packages/container/app/versions", 404],
  ])("answers %s (%s %s) with %d", async (_, token, path, status) => {
    const api = await startApi(options);
    expect((await get(api.url + path, token)).status).toBe(status);
    expect(api.requests).toEqual([{ method: "GET", path, status }]);
  });

  it("wants a User-Agent", async () => {
    const api = await startApi(options);
    const answer = await request(api.url + VERSIONS, {
      headers: { authorization: "Bearer reader" },
    });
    expect(answer.statusCode).toBe(403);
  });

  it.each([
    ["", 30, 3],
    ["?per_page=10", 10, 7],
    ["?per_page=500", 65, undefined],
    ["?per_page=30&page=3", 5, undefined],
    ["?page=9", 0, undefined],
  ])("has pages (%s): %d versions, last page %s", async (query, count, last) => {
    const api = await startApi(options);
    const { body, header } = await get(api.url + VERSIONS + query, "reader");
    expect(JSON.parse(body)).toHaveLength(count);
    expect(/[?&]page=(\d+)>; rel="last"/.exec(header("link"))?.[1]).toBe(last?.toString());
    expect(header("link").includes('rel="next"')).toBe(last !== undefined);
  });

  it("has an ETag for each token, and does not count what has not changed", async () => {
    const api = await startApi({ ...options, hourlyLimit: 2 });
    const first = await get(api.url + VERSIONS, "reader");
    expect(first.header("x-ratelimit-remaining")).toBe("1");
    const etag = { "if-none-match": first.header("etag") };
    const second = await get(api.url + VERSIONS, "reader", etag);
    expect([second.status, second.body, second.header("x-ratelimit-remaining")]).toEqual([
      304,
      "",
      "1",
    ]);
    expect((await get(api.url + VERSIONS, "other", etag)).status).toBe(200);
    expect((await get(api.url + VERSIONS, "reader")).status).toBe(200);
    const last = await get(api.url + VERSIONS, "reader");
    expect([last.status, last.header("x-ratelimit-remaining")]).toEqual([403, "0"]);
    expect(Number(last.header("x-ratelimit-reset"))).toBeGreaterThan(Date.now() / 1000);
  });

  it("moves the tags of a push", async () => {
    const api = await startApi(options);
    api.push("acme/app", {
      digest: `sha256:${"f".repeat(64)}`,
      tags: ["0"],
      createdAt: "2025-01-01T00:00:00Z",
    });
    const { body } = await get(api.url + VERSIONS, "reader");
    const tags = (JSON.parse(body) as { metadata: { container: { tags: string[] } } }[]).map(
      ({ metadata }) => metadata.container.tags,
    );
    expect(tags.slice(0, 3)).toEqual([["0"], [], ["1"]]);
  });

  it("survives what is not a path and no GET", async () => {
    const api = await startApi(options);
    const path = "/orgs/acme/packages/container/%ff/versions";
    await expect(get(api.url + path, "reader")).rejects.toThrow("other side closed");
    const deletion = request(api.url, { method: "DELETE" });
    await expect(deletion).rejects.toThrow("other side closed");
    expect((await get(api.url + VERSIONS, "reader")).status).toBe(200);
  });
});
