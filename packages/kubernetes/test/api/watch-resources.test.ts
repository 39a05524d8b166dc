import { createTestClock } from "@image-updater/core/testing";
import { describe, expect, it } from "vitest";
import { APPLICATIONS } from "../../src/api/resource.js";
import { watchResources, type ResourceChange } from "../../src/api/watch-resources.js";
import type { KubernetesApi } from "../../src/index.js";
import type { KubernetesTestFault } from "../../src/testing/index.js";
import { application, namesOf } from "../support/objects.js";
import { createQuickClock } from "../support/quick-clock.js";
import { follow, startServer } from "../support/test-server.js";

const selection = { resource: APPLICATIONS, namespace: "argocd" };
const random = (): number => 0;

interface Watching {
  next(): Promise<ResourceChange>;
  stop(): Promise<void>;
  readonly errors: string[];
  readonly waits: readonly number[];
}

function watching(api: KubernetesApi): Watching {
  const clock = createQuickClock();
  const errors: string[] = [];
  const onError = ({ code }: { readonly code: string }): void => void errors.push(code);
  const settings = { clock, random, onError };
  return {
    ...follow((signal) => watchResources(api, selection, settings, signal)),
    errors,
    waits: clock.waits,
  };
}

describe("a watch", () => {
  it("tells first all there are, then what changes and goes", async () => {
    const { api, server } = await startServer({ objects: [application("a")] });
    const changes = watching(api);
    const first = await changes.next();
    expect(first.kind === "listed" && namesOf(first.objects)).toEqual(["argocd/a"]);
    server.put(application("b"));
    expect(await changes.next()).toMatchObject({ kind: "changed", name: { name: "b" } });
    server.remove({ kind: "Application", namespace: "argocd", name: "a" });
    expect(await changes.next()).toMatchObject({ kind: "removed", name: { name: "a" } });
    await changes.stop();
    await expect.poll(() => server.watches).toBe(0);
  });

  it("goes on from where it was when the connection is cut, and misses nothing", async () => {
    const { api, server } = await startServer({ objects: [application("a")] });
    const changes = watching(api);
    await changes.next();
    server.put(application("b"));
    await changes.next();
    server.setFaults([{ verb: "watch", behave: "unavailable", times: 2 }]);
    server.dropWatches();
    server.put(application("c"));
    server.remove({ kind: "Application", namespace: "argocd", name: "b" });
    expect(await changes.next()).toMatchObject({ kind: "changed", name: { name: "c" } });
    expect(await changes.next()).toMatchObject({ kind: "removed", name: { name: "b" } });
    expect(server.requests.filter(({ verb }) => verb === "list")).toHaveLength(1);
    expect(changes.errors).toEqual(["unavailable", "unavailable", "unavailable"]);
    expect(changes.waits).toEqual([800, 1600, 3200]);
  });

  it("goes on from a bookmark", async () => {
    const { api, server } = await startServer({ objects: [application("a")] });
    const seen: string[] = [];
    const changes = watching({
      ...api,
      async *watch(request) {
        for await (const event of api.watch(request)) {
          seen.push(event.type);
          yield event;
        }
      },
    });
    await changes.next();
    const pending = changes.next();
    await expect.poll(() => server.watches).toBe(1);
    // Nothing of this is told, but it makes the last version that was told old.
    const { metadata } = server.put(application("far", { namespace: "elsewhere" }));
    server.bookmark();
    await expect.poll(() => seen).toEqual(["BOOKMARK"]);
    server.dropWatches();
    server.put(application("b"));
    expect(await pending).toMatchObject({ kind: "changed", name: { name: "b" } });
    const last = server.requests.findLast(({ verb }) => verb === "watch");
    expect(last?.path).toContain(`resourceVersion=${metadata.resourceVersion}`);
    expect(last?.path).toContain("allowWatchBookmarks=true");
  });

  it.each<readonly [string, readonly KubernetesTestFault[]]>([
    ["in its stream", []],
    ["with its status", [{ verb: "watch", behave: "expired", times: 1 }]],
  ])("lists anew when its version is too old, said %s", async (_, faults) => {
    const { api, server } = await startServer({ objects: [application("a")] });
    const changes = watching(api);
    await changes.next();
    const pending = changes.next();
    await expect.poll(() => server.watches).toBe(1);
    server.setFaults(faults);
    if (faults.length === 0) server.expire();
    else server.dropWatches();
    server.remove({ kind: "Application", namespace: "argocd", name: "a" });
    expect(await pending).toEqual({ kind: "listed", objects: [] });
    expect(changes.errors.at(-1)).toBe("expired");
  });

  it.each<readonly [string, KubernetesTestFault["behave"]]>([
    ["503", "unavailable"],
    ["429", "rate-limited"],
    ["a lost connection", "disconnect"],
  ])("tries again when its first list ends with %s", async (_, behave) => {
    const clock = createQuickClock();
    const faults = [{ behave, times: 1 }];
    const { api, server } = await startServer({ faults }, { retries: 0, clock });
    const changes = watching(api);
    expect(await changes.next()).toEqual({ kind: "listed", objects: [] });
    expect(server.requests).toHaveLength(2);
  });

  it("throws when trying its first list again is of no use", async () => {
    const { api } = await startServer({ users: [{ token: "test-token", rules: [] }] });
    await expect(watching(api).next()).rejects.toMatchObject({ code: "forbidden" });
  });

  it("tries again when a right is taken away later", async () => {
    const rules = [{ verbs: ["list"] }];
    const { api } = await startServer({ users: [{ token: "test-token", rules }] });
    const changes = watching(api);
    await changes.next();
    const pending = changes.next();
    await expect.poll(() => changes.errors.length).toBeGreaterThan(6);
    expect(new Set(changes.errors)).toEqual(new Set(["forbidden"]));
    expect(changes.waits.slice(0, 7)).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
    await changes.stop();
    await expect(pending).rejects.toThrow("nobody stopped it");
  });

  it("gives up a connection on which nobody is, and begins again", async () => {
    const { api } = await startServer();
    const clock = createTestClock();
    let opened = 0;
    const silent: KubernetesApi = {
      ...api,
      watch: ({ signal }) => {
        opened += 1;
        return silence(signal);
      },
    };
    const changes = follow((signal) =>
      watchResources(silent, selection, { clock, random }, signal),
    );
    await changes.next();
    const pending = changes.next();
    await expect.poll(() => opened).toBe(1);
    clock.advance(329_000);
    expect([opened, clock.pending]).toEqual([1, 1]);
    clock.advance(1000);
    await expect.poll(() => clock.pending).toBe(1);
    clock.advance(1000);
    await expect.poll(() => opened).toBe(2);
    await changes.stop();
    await expect(pending).rejects.toThrow("nobody stopped it");
  });

  it("does not go mad over events that are none", async () => {
    const { api } = await startServer();
    const odd: KubernetesApi = {
      ...api,
      async *watch() {
        yield { type: "ADDED", object: "text" };
      },
    };
    const changes = watching(odd);
    await changes.next();
    const pending = changes.next();
    await expect.poll(() => changes.errors).toContain("invalid-response");
    await changes.stop();
    await expect(pending).rejects.toThrow("nobody stopped it");
  });
});

async function* silence(signal: AbortSignal | undefined): AsyncGenerator<never> {
  yield* await new Promise<readonly never[]>((resolve) => {
    signal?.addEventListener("abort", () => resolve([]), { once: true });
  });
}
