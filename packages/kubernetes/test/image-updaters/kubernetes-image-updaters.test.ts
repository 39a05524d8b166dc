import { describe, expect, it } from "vitest";
import { kubernetesImageUpdaters } from "../../src/index.js";
import { imageUpdater, namesOf } from "../support/objects.js";
import { createQuickClock } from "../support/quick-clock.js";
import { follow, startServer } from "../support/test-server.js";

const main = { namespace: "argocd", name: "main" };
const kind = "ImageUpdater";

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
