import { describe, expect, it } from "vitest";
import type { FactsCache } from "../../src/ports/facts-cache.js";
import { RegistryError } from "../../src/errors/registry-error.js";
import { factsCacheContract, inMemoryRegistry } from "../../src/testing/index.js";
import { memoryFactsCache } from "../../src/update/memory-facts-cache.js";
import { application, createWorld, type World } from "./world.js";

const APP = "ghcr.io/team/app";
const NEWEST = {
  "image-list": `app=${APP}`,
  "app.update-strategy": "newest-build",
  "write-back-method": "git",
};
const DIGEST = { ...NEWEST, "image-list": `app=${APP}:latest`, "app.update-strategy": "digest" };
const BUILDS = [
  { tag: "a", created: "2024-01-01T00:00:00Z" },
  { tag: "b", created: "2024-01-03T00:00:00Z" },
  { tag: "c", created: "2024-01-02T00:00:00Z" },
];

describe("memoryFactsCache keeps the FactsCache contract", () => {
  const clauses = factsCacheContract({ create: () => Promise.resolve(memoryFactsCache()) });
  for (const { name, run } of clauses) it(name, run);

  it("forgets what was used least recently", async () => {
    const cache = memoryFactsCache({ maxEntries: 2 });
    const scope = { repository: "r", identity: "i" };
    const remembered = { digest: "sha256:1", seenAt: "2024-01-01T00:00:00Z" };
    await cache.writeTag(scope, "a", remembered);
    await cache.writeTag(scope, "b", remembered);
    await cache.readTag(scope, "a");
    await cache.writeTag(scope, "c", remembered);
    expect(await cache.readTag(scope, "b")).toBeUndefined();
    expect(await cache.readTag(scope, "a")).toEqual(remembered);
  });
});

describe("a second cycle of newest-build", () => {
  it("asks for the list and where the winner points, and nothing else", async () => {
    const world = createWorld({ registry: { "team/app": BUILDS } });
    expect(await winner(world, NEWEST)).toBe("b");
    const cold = world.registry.calls.length;
    expect(await winner(world, NEWEST)).toBe("b");
    expect(world.registry.calls.slice(cold)).toEqual(["tags team/app", "digest team/app:b"]);
  });

  it("reads a tag that is new", async () => {
    const world = createWorld({ registry: { "team/app": BUILDS } });
    await winner(world, NEWEST);
    world.registry.push("team/app", { tag: "d", created: "2024-01-04T00:00:00Z" });
    const cold = world.registry.calls.length;
    expect(await winner(world, NEWEST)).toBe("d");
    expect(world.registry.calls.slice(cold)).toEqual(["tags team/app", "manifest team/app:d"]);
  });

  it("decides again when the winner was pushed anew and is older now", async () => {
    const world = createWorld({ registry: { "team/app": BUILDS } });
    await winner(world, NEWEST);
    world.registry.push("team/app", { tag: "b", created: "2023-01-01T00:00:00Z", content: "old" });
    expect(await winner(world, NEWEST)).toBe("c");
  });

  it("waits when the winner cannot be confirmed", async () => {
    const registry = inMemoryRegistry({ fixture: { "team/app": BUILDS } });
    const unavailable = (): Promise<never> =>
      Promise.reject(new RegistryError("unavailable", "the registry is down", { host: "ghcr.io" }));
    const world = createWorld({
      settings: { registries: [{ ...registry, resolveDigest: unavailable }] },
    });
    expect(await winner(world, NEWEST)).toBe("b");
    const second = await world.updater.run([running(NEWEST)]);
    expect(second.applications[0]?.images[0]?.decision).toMatchObject({
      outcome: "waiting",
      reason: { code: "unreadable-tags", tags: ["b"], error: { code: "unavailable" } },
    });
  });

  it("takes other tags from memory only as long as tagTtl says", async () => {
    const world = createWorld({
      registry: { "team/app": BUILDS },
      settings: { tagTtl: 60_000 },
    });
    await winner(world, NEWEST);
    world.registry.push("team/app", { tag: "a", created: "2024-02-01T00:00:00Z", content: "new" });
    expect(await winner(world, NEWEST)).toBe("b");
    world.clock.advance(60_001);
    expect(await winner(world, NEWEST)).toBe("a");
  });
});

describe("the digest strategy", () => {
  it("costs one look once the digest is known, and never the list", async () => {
    const world = createWorld({ registry: { "team/app": [{ tag: "latest" }, { tag: "1.0" }] } });
    await winner(world, DIGEST);
    expect(world.registry.calls).toEqual(["digest team/app:latest", "manifest team/app:latest"]);
    await winner(world, DIGEST);
    expect(world.registry.calls.slice(2)).toEqual(["digest team/app:latest"]);
  });
});

describe("a cache", () => {
  it("that fails costs requests, never a decision", async () => {
    const broken: FactsCache = {
      contract: "facts-cache/1",
      readDetails: () => Promise.reject(new Error("disk full")),
      writeDetails: () => Promise.reject(new Error("disk full")),
      readTag: () => Promise.reject(new Error("disk full")),
      writeTag: () => Promise.reject(new Error("disk full")),
    };
    const world = createWorld({ registry: { "team/app": BUILDS }, settings: { cache: broken } });
    expect(await winner(world, NEWEST)).toBe("b");
    expect(await winner(world, DIGEST)).toBeUndefined();
  });

  it("never serves one image's private tags to another with other credentials", async () => {
    const cache = memoryFactsCache();
    const world = createWorld({
      registry: { "team/app": BUILDS },
      settings: { cache, trustedNamespaces: ["argocd"] },
    });
    await winner(world, NEWEST);
    const cold = world.registry.calls.length;
    await winner(world, { ...NEWEST, "app.pull-secret": "env:OTHER" });
    const manifests = world.registry.calls
      .slice(cold)
      .filter((call) => call.startsWith("manifest"));
    expect(manifests).toHaveLength(3);
  });
});

function running(annotations: Readonly<Record<string, string>>): ReturnType<typeof application> {
  return application({ annotations, live: [`${APP}:start`] });
}

async function winner(
  { updater }: World,
  annotations: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const report = await updater.run([running(annotations)]);
  return report.applications[0]?.images[0]?.decision.tag;
}
