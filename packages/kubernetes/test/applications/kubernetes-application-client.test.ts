import { describe, expect, it } from "vitest";
import { kubernetesApplicationClient } from "../../src/index.js";
import type { KubernetesTestFault } from "../../src/testing/index.js";
import { application } from "../support/objects.js";
import { createQuickClock } from "../support/quick-clock.js";
import { startServer } from "../support/test-server.js";

const web = { namespace: "argocd", name: "web" };
const path = "/spec/source/path";
const patch = [
  { op: "test", path, value: "apps/web" },
  { op: "replace", path, value: "apps/new" },
] as const;

describe("a patch", () => {
  it("goes out as JSON Patch, in one request", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    await kubernetesApplicationClient({ api }).patch(web, patch);
    expect(server.requests).toMatchObject([
      { verb: "patch", contentType: "application/json-patch+json", status: 200 },
    ]);
    expect(server.get({ kind: "Application", ...web })?.metadata.generation).toBe(2);
  });

  it("says what changed meanwhile", async () => {
    const { api } = await startServer({ objects: [application("web")] });
    const client = kubernetesApplicationClient({ api });
    await client.patch(web, patch);
    await expect(client.patch(web, patch)).rejects.toMatchObject({
      code: "conflict",
      retryable: true,
      message: expect.stringContaining(`"${path}" no longer holds`),
    });
  });

  it("is a conflict for a version that is not the last", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const stored = server.get({ kind: "Application", ...web });
    server.put(application("web"));
    const value = stored?.metadata.resourceVersion;
    const guarded = [
      { op: "test", path: "/metadata/resourceVersion", value },
      { op: "add", path: "/spec/source/helm", value: {} },
    ] as const;
    const client = kubernetesApplicationClient({ api });
    await expect(client.patch(web, guarded)).rejects.toMatchObject({ code: "conflict" });
  });

  it("is a conflict for a path that is gone, and rejected for what is not valid", async () => {
    const { api } = await startServer({ objects: [application("web")] });
    const client = kubernetesApplicationClient({ api });
    const gone = client.patch(web, [{ op: "replace", path: "/spec/sources/0", value: {} }]);
    await expect(gone).rejects.toMatchObject({ code: "conflict" });
    const wrong = client.patch(web, [{ op: "replace", path: "/spec/project", value: 1 }]);
    await expect(wrong).rejects.toMatchObject({ code: "rejected", retryable: false });
  });

  it("is not-found when the Application goes between the refusal and the look at it", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const client = kubernetesApplicationClient({
      api: {
        ...api,
        async request(request) {
          const response = await api.request(request);
          server.remove({ kind: "Application", ...web });
          return response;
        },
      },
    });
    const failing = [{ op: "test", path, value: "other" }] as const;
    await expect(client.patch(web, failing)).rejects.toMatchObject({ code: "not-found" });
  });

  it.each<readonly [KubernetesTestFault["behave"], string]>([
    ["conflict", "conflict"],
    ["unavailable", "unavailable"],
    ["rate-limited", "unavailable"],
    ["disconnect", "unavailable"],
    ["garbage", "invalid-response"],
  ])("that meets %s is %s", async (behave, code) => {
    const clock = createQuickClock();
    const { api } = await startServer(
      { objects: [application("web")], faults: [{ behave }] },
      { clock },
    );
    const client = kubernetesApplicationClient({ api });
    await expect(client.patch(web, patch)).rejects.toMatchObject({
      name: "ApplicationError",
      code,
      context: { application: "argocd/web" },
    });
  });

  it("ends with its signal", async () => {
    const { api } = await startServer({ faults: [{ behave: "hang" }] });
    const controller = new AbortController();
    const patched = kubernetesApplicationClient({ api }).patch(web, patch, controller);
    controller.abort();
    await expect(patched).rejects.toMatchObject({ code: "cancelled" });
  });

  it("of a name that is none reaches no server", async () => {
    const { api, server } = await startServer();
    const client = kubernetesApplicationClient({ api });
    const odd = { namespace: "argocd", name: "../../secrets/creds" };
    await expect(client.get(odd)).rejects.toMatchObject({ code: "rejected" });
    expect(server.requests).toEqual([]);
  });
});
