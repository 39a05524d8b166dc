import { describe, expect, it } from "vitest";
import { kubernetesApplications } from "../../src/index.js";
import { application, namesOf } from "../support/objects.js";
import { createQuickClock } from "../support/quick-clock.js";
import { follow, startServer } from "../support/test-server.js";

const objects = [
  application("web-1", { labels: { team: "web" } }),
  application("web-2", { namespace: "team-a", labels: { team: "web", hold: "yes" } }),
  application("api", { namespace: "team-a" }),
  application("other", { namespace: "team-b" }),
];

describe("the Applications of a cluster", () => {
  it.each([
    ["of the namespace argocd", {}, ["argocd/web-1"]],
    [
      "of some namespaces",
      { namespaces: ["team-a", "argocd"] },
      ["argocd/web-1", "team-a/api", "team-a/web-2"],
    ],
    ["of no namespace that exists", { namespaces: ["nowhere"] }, []],
    [
      "of all namespaces",
      { namespaces: "all" },
      ["argocd/web-1", "team-a/api", "team-a/web-2", "team-b/other"],
    ],
    [
      "by name",
      { namespaces: "all", names: ["web-?", "oth*"] },
      ["argocd/web-1", "team-a/web-2", "team-b/other"],
    ],
    ["by no name", { namespaces: "all", names: [] }, []],
    ["by label", { namespaces: "all", labelSelector: "team in (web),!hold" }, ["argocd/web-1"]],
    ["page by page", { namespaces: "all", pageSize: 1, names: ["api"] }, ["team-a/api"]],
  ] as const)("are listed %s", async (_, settings, expected) => {
    const { api } = await startServer({ objects });
    expect(namesOf(await kubernetesApplications({ api, ...settings }).list())).toEqual(expected);
  });

  it("are not half list when one namespace cannot be read", async () => {
    const faults = [{ namespace: "team-a", behave: "conflict" }] as const;
    const { api } = await startServer({ objects, faults });
    const source = kubernetesApplications({ api, namespaces: ["argocd", "team-a"] });
    await expect(source.list()).rejects.toMatchObject({
      name: "ApplicationError",
      code: "conflict",
      context: { application: "argocd/*, team-a/*" },
    });
  });

  it.each([
    [{ names: ["a["] }, "names[0]"],
    [{ namespaces: [] }, "at least one namespace"],
    [{ namespaces: ["*"] }, 'write "all"'],
  ])("are not looked for with the settings %j", async (settings, text) => {
    const { api } = await startServer();
    expect(() => kubernetesApplications({ api, ...settings })).toThrow(text);
  });
});

describe("a watch of several namespaces", () => {
  it("lists all of them first, and again all of them when one begins anew", async () => {
    const clock = createQuickClock();
    const faults = [
      { verb: "list", namespace: "team-b", behave: "unavailable", times: 2 },
    ] as const;
    const { api, server } = await startServer({ objects, faults }, { retries: 0 });
    const source = kubernetesApplications({
      api,
      clock,
      random: () => 0,
      namespaces: ["argocd", "team-a", "team-b"],
      names: ["web-*", "other"],
    });
    const changes = follow((signal) => source.watch({ signal }));
    const first = await changes.next();
    expect(first.kind === "listed" && namesOf(first.manifests)).toEqual([
      "argocd/web-1",
      "team-a/web-2",
      "team-b/other",
    ]);
    server.put(application("api", { namespace: "team-a" }));
    server.put(application("web-3"));
    expect(await changes.next()).toMatchObject({ manifest: { metadata: { name: "web-3" } } });
    server.remove({ kind: "Application", namespace: "team-a", name: "web-2" });
    const gone = { kind: "removed", namespace: "team-a", name: "web-2" };
    expect(await changes.next()).toEqual(gone);
    const pending = changes.next();
    await expect.poll(() => server.watches).toBe(3);
    server.setFaults([{ verb: "watch", namespace: "argocd", behave: "expired", times: 1 }]);
    server.dropWatches();
    const again = await pending;
    expect(again.kind === "listed" && namesOf(again.manifests)).toEqual([
      "argocd/web-1",
      "argocd/web-3",
      "team-b/other",
    ]);
    await changes.stop();
    await expect.poll(() => server.watches).toBe(0);
  });

  it("throws what the first list of one of them throws, and ends the others", async () => {
    const rules = [{ namespaces: ["argocd"] }];
    const { api, server } = await startServer({ objects, users: [{ token: "test-token", rules }] });
    const source = kubernetesApplications({ api, namespaces: ["argocd", "team-a"] });
    const changes = follow((signal) => source.watch({ signal }));
    await expect(changes.next()).rejects.toMatchObject({
      name: "ApplicationError",
      code: "forbidden",
    });
    await expect.poll(() => server.watches).toBe(0);
  });
});
