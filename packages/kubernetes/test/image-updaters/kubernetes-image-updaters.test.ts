import { describe, expect, it } from "vitest";
import { kubernetesImageUpdaters } from "../../src/index.js";
import { imageUpdater, namesOf } from "../support/objects.js";
import { createQuickClock } from "../support/quick-clock.js";
import { follow, startServer } from "../support/test-server.js";

const main = { namespace: "argocd", name: "main" };
const kind = "ImageUpdater";

const FINALIZER = "resources-finalizer.argocd-image-updater.argoproj.io";
const path = `/apis/argocd-image-updater.argoproj.io/v1alpha1/namespaces/argocd/imageupdaters/main`;

/** A resource with finalizers, whose deletion has begun. */
async function startDeleted(
  finalizers: readonly string[],
): Promise<Awaited<ReturnType<typeof startServer>>> {
  const object: object = imageUpdater("main");
  const stage = await startServer({ objects: [{ ...object, metadata: { ...main, finalizers } }] });
  await stage.api.request({ method: "DELETE", path });
  return stage;
}

describe("a finalizer", () => {
  const removal = { ...main, finalizer: FINALIZER };

  it("that is taken off lets the resource end", async () => {
    const { api, server } = await startDeleted([FINALIZER]);
    expect(server.get({ kind, ...main })?.metadata).toMatchObject({ generation: 2 });
    expect(await kubernetesImageUpdaters({ api }).removeFinalizer(removal)).toBe("removed");
    expect(server.get({ kind, ...main })).toBeUndefined();
    expect(await kubernetesImageUpdaters({ api }).removeFinalizer(removal)).toBe("unchanged");
  });

  it("of others stays, and nothing is written where ours is not there", async () => {
    const { api, server } = await startDeleted(["a.example.com/x", FINALIZER, "b.example.com/y"]);
    const updaters = kubernetesImageUpdaters({ api });
    expect(await updaters.removeFinalizer(removal)).toBe("removed");
    expect(await updaters.removeFinalizer(removal)).toBe("unchanged");
    const finalizers = ["a.example.com/x", "b.example.com/y"];
    expect(server.get({ kind, ...main })?.metadata).toMatchObject({ finalizers });
    expect(server.requests.filter(({ verb }) => verb === "patch")).toHaveLength(1);
  });

  it("is taken off the list as it is then, when somebody writes in between", async () => {
    const { api, server } = await startDeleted([FINALIZER]);
    const object = server.get({ kind, ...main });
    const racing = {
      ...api,
      async request(request: Parameters<typeof api.request>[0]) {
        const isFirst = !server.requests.some(({ verb }) => verb === "patch");
        const finalizers = ["a.example.com/x", FINALIZER];
        if (request.method === "PATCH" && isFirst)
          server.put({ ...object, metadata: { ...object?.metadata, finalizers } });
        return api.request(request);
      },
    };
    const updaters = kubernetesImageUpdaters({ api: racing, clock: createQuickClock() });
    expect(await updaters.removeFinalizer(removal)).toBe("removed");
    expect(server.get({ kind, ...main })?.metadata.finalizers).toEqual(["a.example.com/x"]);
  });
});

describe("ImageUpdater resources", () => {
  it("are listed and followed in the namespaces of the settings", async () => {
    const objects = [
      imageUpdater("main"),
      imageUpdater("main", "team"),
      imageUpdater("x", "other"),
    ];
    const { api, server } = await startServer({ objects });
    const updaters = kubernetesImageUpdaters({ api, namespaces: ["argocd", "team"] });
    const names = ["argocd/main", "team/main"];
    expect(namesOf(await updaters.list())).toEqual(names);
    const changes = follow((signal) => updaters.watch({ signal }));
    const first = await changes.next();
    expect(first.kind === "listed" && namesOf(first.manifests)).toEqual(names);
    await updaters.writeStatus({ ...main, status: { imagesManaged: 1 } });
    expect(await changes.next()).toMatchObject({
      kind: "changed",
      manifest: { status: { imagesManaged: 1 }, metadata: { generation: 1 } },
    });
    server.remove({ kind, namespace: "team", name: "main" });
    expect(await changes.next()).toEqual({ kind: "removed", namespace: "team", name: "main" });
  });

  it("that are not installed are named", async () => {
    const { api } = await startServer({ resources: [] });
    await expect(kubernetesImageUpdaters({ api }).list()).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("imageupdaters.argocd-image-updater.argoproj.io installed"),
    });
  });
});

describe("the status of an ImageUpdater", () => {
  const status = { imagesManaged: 2, recentUpdates: [{ alias: "web" }], conditions: [] };

  it("is replaced as a whole, and leaves spec and labels as they are", async () => {
    const labels = { team: "web" };
    const object = { ...imageUpdater("main"), metadata: { ...main, labels } };
    const { api, server } = await startServer({ objects: [{ ...object, status: { old: true } }] });
    const before = server.get({ kind, ...main });
    const updaters = kubernetesImageUpdaters({ api });
    await expect(updaters.writeStatus({ ...main, status })).resolves.toBe("written");
    const after = server.get({ kind, ...main });
    expect(after).toMatchObject({ spec: before?.["spec"], metadata: { labels, generation: 1 } });
    expect(after?.["status"]).toEqual(status);
  });

  it("is not written when it is the same", async () => {
    const { api, server } = await startServer({ objects: [{ ...imageUpdater("main"), status }] });
    const updaters = kubernetesImageUpdaters({ api });
    const same = { ...status, lastUpdatedAt: undefined };
    await expect(updaters.writeStatus({ ...main, status: same })).resolves.toBe("unchanged");
    expect(server.requests.map(({ verb }) => verb)).toEqual(["get"]);
  });

  it("is written again after a conflict, over what somebody else changed", async () => {
    const clock = createQuickClock();
    const { api, server } = await startServer({ objects: [imageUpdater("main")] });
    const updaters = kubernetesImageUpdaters({
      clock,
      api: {
        ...api,
        async request(request) {
          if (request.method === "PUT" && server.requests.length < 4) {
            const labels = { round: String(server.requests.length) };
            server.put({ ...imageUpdater("main"), metadata: { ...main, labels } });
          }
          return api.request(request);
        },
      },
    });
    await expect(updaters.writeStatus({ ...main, status })).resolves.toBe("written");
    expect(server.requests.map((request) => request.status)).toEqual([
      200, 409, 200, 409, 200, 200,
    ]);
    const stored = server.get({ kind, ...main });
    expect(stored).toMatchObject({ status, metadata: { labels: { round: "3" } } });
  });

  it("is given up after five conflicts", async () => {
    const faults = [{ verb: "update", behave: "conflict" }] as const;
    const { api, server } = await startServer({ objects: [imageUpdater("main")], faults });
    const updaters = kubernetesImageUpdaters({ api, clock: createQuickClock() });
    const written = updaters.writeStatus({ ...main, status });
    await expect(written).rejects.toMatchObject({ code: "conflict" });
    expect(server.requests).toHaveLength(10);
  });

  it("made of another version is a conflict, and nothing is sent", async () => {
    const { api, server } = await startServer({ objects: [imageUpdater("main")] });
    const updaters = kubernetesImageUpdaters({ api });
    const written = updaters.writeStatus({ ...main, status, resourceVersion: "1" });
    await expect(written).rejects.toMatchObject({ code: "conflict" });
    expect(server.requests.map(({ verb }) => verb)).toEqual(["get"]);
  });

  it("of a resource that is gone is not-found", async () => {
    const { api } = await startServer();
    const written = kubernetesImageUpdaters({ api }).writeStatus({ ...main, status });
    await expect(written).rejects.toMatchObject({ code: "not-found" });
  });
});
