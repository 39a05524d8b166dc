import { describe, expect, it } from "vitest";
import type { RegistryClient } from "../../src/ports/registry-client.js";
import {
  inMemoryRegistry,
  registryClientContract,
  type RegistryClientHarness,
} from "../../src/testing/index.js";
import { brokenClauses } from "./broken-clauses.js";

/** The registry in memory, with something of it replaced. */
function harness(
  mutate: (client: RegistryClient) => Partial<RegistryClient> = () => ({}),
): RegistryClientHarness {
  return {
    aborted: AbortSignal.abort(),
    async create({ fixture, faults }) {
      const registry = inMemoryRegistry({ fixture, faults });
      return {
        client: { ...registry, ...mutate(registry) },
        repository: (path) => ({
          host: "registry.example.com",
          path,
          apiUrl: "https://registry.example.com",
        }),
        async push(path, image): Promise<void> {
          registry.push(path, image);
        },
        close: () => Promise.resolve(),
      };
    },
  };
}

describe("the registry in memory keeps the RegistryClient contract", () => {
  for (const { name, run } of registryClientContract(harness())) it(name, run);
});

describe("the RegistryClient contract", () => {
  it.each<readonly [string, (client: RegistryClient) => Partial<RegistryClient>, string]>([
    [
      "drops a page",
      (client) => ({
        listTags: async (repository, options) =>
          (await client.listTags(repository, options)).slice(0, 1000),
      }),
      "lists all pages of a long tag list, each tag once",
    ],
    [
      "names a tag twice",
      (client) => ({
        listTags: async (repository, options) => {
          const tags = await client.listTags(repository, options);
          return [...tags, ...tags.slice(-1)];
        },
      }),
      "lists all pages of a long tag list, each tag once",
    ],
    [
      "takes a missing repository for an empty one",
      (client) => ({
        listTags: (repository, options) =>
          client.listTags(repository, options).catch((error: unknown) => {
            if (JSON.stringify(error).includes("not-found")) return [];
            throw error;
          }),
      }),
      "says not-found for a repository that does not exist",
    ],
    [
      "gives the first page when a later one fails",
      (client) => ({
        listTags: (repository, options) =>
          client.listTags(repository, options).catch(() => ["1.0.0"]),
      }),
      "gives no part of a list when a later page fails",
    ],
    [
      "takes a failure for a tag that is gone",
      (client) => ({
        describeTag: (repository, tag, options) =>
          client.describeTag(repository, tag, options).catch(() => ({ kind: "gone" })),
      }),
      "throws unavailable, never gone, when a manifest is server-error",
    ],
    [
      "takes a failure for no digest",
      (client) => ({
        resolveDigest: (repository, tag, options) =>
          client.resolveDigest(repository, tag, options).catch(() => undefined),
      }),
      "throws, and does not resolve nothing, when a digest cannot be read",
    ],
    [
      "remembers a digest by its tag",
      (client) => {
        const known = new Map<string, string | undefined>();
        return {
          async resolveDigest(repository, tag, options) {
            if (!known.has(tag)) {
              known.set(tag, await client.resolveDigest(repository, tag, options));
            }
            return known.get(tag);
          },
        };
      },
      "sees a tag that was pushed again",
    ],
    [
      "takes every platform",
      (client) => ({
        describeTag: (repository, tag, options) =>
          client.describeTag(repository, tag, { ...options, platforms: ["linux/amd64"] }),
      }),
      "says no-platform and what is there instead",
    ],
    [
      "makes a date up",
      (client) => ({
        async describeTag(repository, tag, options) {
          const details = await client.describeTag(repository, tag, options);
          const created = { at: "2024-05-01T10:00:00Z", source: "image-config" };
          return details.kind === "image" ? { ...details, created } : details;
        },
      }),
      "describes an image without a build date without one",
    ],
    [
      "does not look at signals",
      (client) => ({ listTags: (repository) => client.listTags(repository) }),
      "says cancelled when a list is asked for with an aborted signal",
    ],
    [
      "throws what is not an error of ours",
      (client) => ({
        listTags: (repository, options) =>
          client.listTags(repository, options).catch(() => {
            throw new TypeError("fetch failed");
          }),
      }),
      "throws unauthorized when the tag list is unauthorized",
    ],
  ])("does not hold for a client that %s", async (_name, mutate, clause) => {
    const clauses = registryClientContract(harness(mutate));
    expect(clauses.map(({ name }) => name)).toContain(clause);
    expect(await brokenClauses(clauses)).toContain(clause);
  });

  it("leaves out what a harness cannot do", () => {
    const all = registryClientContract(harness());
    const { create } = harness();
    const some = registryClientContract({ create, skip: ["faults", "paging", "artifacts"] });
    expect(some.length).toBeLessThan(all.length);
    expect(
      some.map(({ name }) => name).filter((name) => /cancelled|pages|throws/u.test(name)),
    ).toEqual([]);
  });

  it("closes what it opened, whether a clause holds or not", async () => {
    let open = 0;
    const { create } = harness((client) => ({
      listTags: () => client.listTags(Object.create(null)),
    }));
    const clauses = registryClientContract({
      async create(setup) {
        open += 1;
        return {
          ...(await create(setup)),
          async close() {
            open -= 1;
          },
        };
      },
    });
    expect((await brokenClauses(clauses)).length).toBeGreaterThan(0);
    expect(open).toBe(0);
  });
});
