import type { AcrTagFixture } from "@image-updater/registry-acr/testing";
import { describe, expect, it } from "vitest";
import {
  ENTERPRISE_HOST,
  PERSONAL_HOST,
  PERSONAL_SERVICE,
  actionsOf,
  credentialsOf,
  registryErrorOf,
  repositoryOf,
  startOpenApi,
  startRegistry,
} from "../support/acr.js";

const HEX = "0123456789abcdef".repeat(4);

const TAGS: readonly AcrTagFixture[] = [
  { tag: "2.0", digest: HEX, created: "2024-01-01T00:00:00Z", updated: "2024-03-01T10:20:30.456Z" },
  { tag: "1.0", digest: `sha256:${HEX}`, updated: "2024-02-01T00:00:00Z" },
  { tag: "old", status: "DELETING" },
  { tag: `sha256-${HEX}.sig` },
];

const SUMMARIES = [
  {
    name: "2.0",
    digest: `sha256:${HEX}`,
    created: { at: "2024-03-01T10:20:30.456Z", source: "acr-image-update" },
  },
  {
    name: "1.0",
    digest: `sha256:${HEX}`,
    created: { at: "2024-02-01T00:00:00.000Z", source: "acr-image-update" },
  },
];

describe.each([
  ["Enterprise", ENTERPRISE_HOST, undefined, ["GetRepository 200", "ListRepoTag 200"]],
  ["personal", PERSONAL_HOST, PERSONAL_SERVICE, ["GetRepoTags 200"]],
] as const)("describeTags of the %s edition", (_edition, host, service, actions) => {
  async function start(repositories: Readonly<Record<string, readonly AcrTagFixture[]>>) {
    const openApi = await startOpenApi({ repositories });
    const server = await startRegistry({}, service === undefined ? {} : { service });
    return { openApi, server, credentials: credentialsOf(openApi, { retries: 0 }) };
  }

  it("gives digests and times of tags that are there, newest push first as listed", async () => {
    const { openApi, server, credentials } = await start({ "team/app": TAGS });
    const summaries = await credentials.describeTags(repositoryOf(server, host));
    expect(summaries).toEqual(SUMMARIES);
    expect(actionsOf(openApi)).toEqual(actions);
  });

  it("needs one call for each 100 tags, and sets up once", async () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ tag: `1.0.${index}` }));
    const { openApi, server, credentials } = await start({ "team/app": many });
    const repository = repositoryOf(server, host);
    const summaries = await credentials.describeTags(repository);
    expect(new Set(summaries.map(({ name }) => name)).size).toBe(1000);
    const before = openApi.calls.length;
    expect(before).toBe(10 + actions.length - 1);
    await credentials.describeTags(repository);
    expect(openApi.calls.length - before).toBe(10);
    expect(server.requests).toHaveLength(1);
  });

  it("answers an empty repository with nothing", async () => {
    const { server, credentials } = await start({ "team/app": [] });
    expect(await credentials.describeTags(repositoryOf(server, host))).toEqual([]);
  });

  it("says not-found for a repository that is not there", async () => {
    const { server, credentials } = await start({ "team/app": TAGS });
    const missing = repositoryOf(server, host, "team/missing");
    const error = await registryErrorOf(credentials.describeTags(missing));
    expect(error).toMatchObject({
      code: "not-found",
      context: { host, repository: "team/missing" },
    });
    const flat = await registryErrorOf(credentials.describeTags(repositoryOf(server, host, "app")));
    expect(flat.code).toBe("not-found");
  });

  it("is an error where a page fails", async () => {
    const many = Array.from({ length: 150 }, (_, index) => ({ tag: `1.0.${index}` }));
    const { openApi, server, credentials } = await start({ "team/app": many });
    await credentials.describeTags(repositoryOf(server, host));
    openApi.throttle();
    const error = await registryErrorOf(credentials.describeTags(repositoryOf(server, host)));
    expect(error).toMatchObject({ code: "rate-limited", retryable: true });
  });

  it("says cancelled for an aborted signal", async () => {
    const { server, credentials } = await start({ "team/app": TAGS });
    const signal = AbortSignal.abort();
    const ended = credentials.describeTags(repositoryOf(server, host), { signal });
    expect((await registryErrorOf(ended)).code).toBe("cancelled");
  });
});

it("asks for a repository's id again when it was made anew", async () => {
  const openApi = await startOpenApi({ repositories: { "team/app": TAGS } });
  const server = await startRegistry();
  const credentials = credentialsOf(openApi);
  const repository = repositoryOf(server);
  await credentials.describeTags(repository);
  openApi.recreate("team/app");
  expect(await credentials.describeTags(repository)).toEqual(SUMMARIES);
  expect(actionsOf(openApi)).toEqual([
    "GetRepository 200",
    "ListRepoTag 200",
    "ListRepoTag 200",
    "GetRepository 200",
    "ListRepoTag 200",
  ]);
});

it("says unauthorized where there is no key", async () => {
  const openApi = await startOpenApi();
  const source = (): Promise<never> => Promise.reject(new Error("none"));
  const repository = repositoryOf(await startRegistry());
  const error = await registryErrorOf(credentialsOf(openApi, { source }).describeTags(repository));
  expect(error).toMatchObject({ code: "unavailable", context: { repository: "team/app" } });
});
