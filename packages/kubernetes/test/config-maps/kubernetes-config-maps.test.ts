import { describe, expect, it } from "vitest";
import { kubernetesConfigMaps } from "../../src/index.js";
import { configMap } from "../support/objects.js";
import { createQuickClock } from "../support/quick-clock.js";
import { follow, startServer } from "../support/test-server.js";

const name = "argocd-image-updater-config";
const namespace = "argocd";
const objects = [
  configMap(name, { "registries.conf": "registries: []", "kube.events": "true" }),
  configMap("argocd-ssh-known-hosts-cm", { ssh_known_hosts: "example.com ssh-ed25519 AAAA" }),
  { ...configMap("binary", {}), binaryData: { blob: "/wA=" } },
];

describe("a field of a config map", () => {
  it("is read anew at each use", async () => {
    const { api, server } = await startServer({ objects });
    const configMaps = kubernetesConfigMaps({ api });
    const key = { namespace, name, key: "registries.conf" };
    await expect(configMaps.read(key)).resolves.toBe("registries: []");
    server.put(configMap(name, { "registries.conf": "" }));
    await expect(configMaps.read(key)).resolves.toBe("");
  });

  it.each([
    [name, "toString", "no text field"],
    ["binary", "blob", "no text field"],
    ["missing", "registries.conf", 'get configmaps "missing"'],
  ])("%s %s is not found", async (map, key, text) => {
    const { api } = await startServer({ objects });
    const read = kubernetesConfigMaps({ api }).read({ namespace, name: map, key });
    const message: unknown = expect.stringContaining(text);
    await expect(read).rejects.toMatchObject({ code: "not-found", message });
  });
});

describe("a watch of a config map", () => {
  it("tells its fields now and when they change, and nothing of others", async () => {
    const { api, server } = await startServer({ objects });
    const configMaps = kubernetesConfigMaps({ api });
    const changes = follow((signal) => configMaps.watch({ namespace, name }, { signal }));
    expect((await changes.next())?.get("registries.conf")).toBe("registries: []");
    const pending = changes.next();
    await expect.poll(() => server.watches).toBe(1);
    server.put(configMap("other", { "registries.conf": "other" }));
    server.put({ ...objects[0], metadata: { name, annotations: { note: "new" } } });
    server.put(configMap(name, { "registries.conf": "changed" }));
    expect((await pending)?.get("registries.conf")).toBe("changed");
    server.remove({ kind: "ConfigMap", namespace, name });
    expect(await changes.next()).toBeUndefined();
    server.put(configMap(name, { "registries.conf": "back" }));
    expect((await changes.next())?.get("registries.conf")).toBe("back");
  });

  it("begins with undefined where there is none yet, and goes on after a gap", async () => {
    const { api, server } = await startServer();
    const configMaps = kubernetesConfigMaps({ api, clock: createQuickClock() });
    const changes = follow((signal) => configMaps.watch({ namespace, name }, { signal }));
    expect(await changes.next()).toBeUndefined();
    const pending = changes.next();
    await expect.poll(() => server.watches).toBe(1);
    server.put(configMap(name, { a: "b" }));
    expect(await pending).toEqual(new Map([["a", "b"]]));
    const next = changes.next();
    await expect.poll(() => server.watches).toBe(1);
    server.expire();
    await expect.poll(() => server.watches).toBe(1);
    server.put(configMap(name, { a: "c" }));
    expect(await next).toEqual(new Map([["a", "c"]]));
  });

  it("of a name that is none reaches no server", async () => {
    const { api, server } = await startServer();
    const odd = { namespace, name: "a,metadata.namespace=b" };
    const changes = follow((signal) => kubernetesConfigMaps({ api }).watch(odd, { signal }));
    await expect(changes.next()).rejects.toMatchObject({ code: "bad-request" });
    expect(server.requests).toEqual([]);
  });
});
