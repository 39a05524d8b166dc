import { githubToken } from "@image-updater/registry-ghcr";
import { describe, expect, it } from "vitest";
import { registryErrorOf, startApi, startServer } from "../support/loopback.js";
import {
  clientOf,
  describeTags,
  digest,
  manyVersions,
  repository,
  tokens,
} from "../support/packages.js";

const NEXT = '</orgs/acme/packages/container/app/versions?page=2>; rel="next"';

describe("pages and ETags", () => {
  it.each([
    [0, 1],
    [1, 1],
    [99, 1],
    // A full page without a word of others is asked on.
    [100, 2],
    [101, 2],
    [250, 3],
    [1000, 10],
  ])("%d versions cost %d requests, and as many 304 the second time", async (count, pages) => {
    const packages = { "acme/app": manyVersions(count) };
    const api = await startApi({ packages, tokens, organizations: ["acme"] });
    const client = clientOf(api.url);
    const first = await describeTags(client, repository);
    expect(first).toHaveLength(count);
    expect(api.requests.map(({ status }) => status)).toEqual(Array(pages).fill(200));
    await expect(describeTags(client, repository)).resolves.toEqual(first);
    expect(api.requests.slice(pages).map(({ status }) => status)).toEqual(Array(pages).fill(304));
  });

  it("see a push, which moves every page", async () => {
    const packages = { "acme/app": manyVersions(200) };
    const api = await startApi({ packages, tokens, organizations: ["acme"] });
    const client = clientOf(api.url);
    await describeTags(client, repository);
    api.push("acme/app", { digest: digest(999), tags: ["2.0", "1.0.200"] });
    const tags = await describeTags(client, repository);
    expect(tags).toHaveLength(201);
    expect(tags.filter(({ name }) => name === "1.0.200")).toMatchObject([{ digest: digest(999) }]);
    expect(api.requests.slice(2).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it("are of one token each", async () => {
    const packages = { "acme/app": manyVersions(1) };
    const both = { ghs_1: {}, ghs_2: {} };
    const api = await startApi({ packages, tokens: both, organizations: ["acme"] });
    let token = "ghs_1";
    const client = clientOf(api.url, { credentials: githubToken(() => token) });
    await describeTags(client, repository);
    token = "ghs_2";
    await describeTags(client, repository);
    await describeTags(client, repository);
    expect(api.requests.map(({ status }) => status)).toEqual([200, 200, 304]);
  });

  it("are not shown to another token, whatever the server thinks of them", async () => {
    const seen: (string | undefined)[] = [];
    const url = await startServer((request, response) => {
      const known = request.headers["if-none-match"];
      seen.push(known);
      response.writeHead(known === undefined ? 200 : 304, { etag: '"shared"' });
      response.end(known === undefined ? "[]" : undefined);
    });
    let token = "ghp_1";
    const client = clientOf(url, { credentials: githubToken(() => token) });
    await describeTags(client, repository);
    token = "ghp_2";
    await describeTags(client, repository);
    expect(seen).toEqual([undefined, undefined]);
  });

  it("do not show one token's packages to another", async () => {
    const packages = { "acme/app": manyVersions(1) };
    const api = await startApi({
      packages,
      organizations: ["acme"],
      privatePackages: ["acme/app"],
      tokens: { ghp_1: { login: "one", reads: ["acme/app"] }, ghp_2: { login: "two" } },
    });
    let token = "ghp_1";
    const client = clientOf(api.url, { credentials: githubToken(() => token) });
    await expect(describeTags(client, repository)).resolves.toHaveLength(1);
    token = "ghp_2";
    expect((await registryErrorOf(describeTags(client, repository))).code).toBe("not-found");
  });

  it.each([
    ["foreign-link", "refused-address"],
    ["circular-link", "invalid-response"],
  ] as const)("a %s is refused", async (behave, code) => {
    const packages = { "acme/app": manyVersions(1) };
    const faults = [{ on: "versions", behave }] as const;
    const api = await startApi({ packages, tokens, organizations: ["acme"], faults });
    const error = await registryErrorOf(describeTags(clientOf(api.url), repository));
    expect(error.code).toBe(code);
    expect(api.requests).toHaveLength(1);
  });

  it("forgets an ETag when a page comes without one", async () => {
    const tagsOf = ["1", "2", "2"];
    const etags = ['"1"', undefined, undefined];
    const seen: (string | undefined)[] = [];
    const url = await startServer((request, response) => {
      const etag = etags[seen.length];
      const tags = [tagsOf[seen.length] ?? ""];
      seen.push(request.headers["if-none-match"]);
      const version = { name: digest(1), created_at: "", updated_at: "" };
      response.writeHead(200, etag === undefined ? {} : { etag });
      response.end(JSON.stringify([{ ...version, metadata: { container: { tags } } }]));
    });
    const client = clientOf(url);
    await describeTags(client, repository);
    await describeTags(client, repository);
    await expect(describeTags(client, repository)).resolves.toMatchObject([{ name: "2" }]);
    expect(seen).toEqual([undefined, '"1"', undefined]);
  });

  it("takes the link of a 304 over the one it knew", async () => {
    const version = { name: digest(1), created_at: "2024-01-01T00:00:00Z", updated_at: "" };
    let isOld = true;
    const asked: string[] = [];
    const url = await startServer((request, response) => {
      const path = request.url ?? "";
      asked.push(path);
      const isSecond = path.includes("page=2");
      const tags = [isSecond ? "2" : "1"];
      const headers = { etag: '"1"', ...(isOld || isSecond ? {} : { link: NEXT }) };
      const isKnown = request.headers["if-none-match"] !== undefined;
      const body = JSON.stringify([{ ...version, metadata: { container: { tags } } }]);
      response.writeHead(isKnown ? 304 : 200, headers).end(isKnown ? undefined : body);
    });
    const client = clientOf(url);
    await expect(describeTags(client, repository)).resolves.toHaveLength(1);
    isOld = false;
    await expect(describeTags(client, repository)).resolves.toHaveLength(2);
    expect(asked).toHaveLength(3);
  });
});
