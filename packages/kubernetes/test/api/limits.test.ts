import { createServer, type RequestListener } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { listResources } from "../../src/api/list-resources.js";
import { APPLICATIONS } from "../../src/api/resource.js";
import { kubernetesApi, type KubernetesApi, type KubernetesApiSettings } from "../../src/index.js";
import { kubeConfigOf } from "../support/kube-config.js";
import { application, namesOf } from "../support/objects.js";
import { createQuickClock } from "../support/quick-clock.js";
import { follow, startServer } from "../support/test-server.js";

const path = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
const MEBIBYTE = " ".repeat(1024 * 1024);
const selection = { resource: APPLICATIONS, namespace: "argocd" };

/** A client of a server that answers in its own way. */
async function startStrange(
  listener: RequestListener,
  settings: KubernetesApiSettings,
): Promise<KubernetesApi> {
  const server = createServer(listener);
  const port = await new Promise<unknown>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(Reflect.get(Object(server.address()), "port")));
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const config = {
    clusters: [
      {
        name: "c",
        cluster: { server: `http://127.0.0.1:${String(port)}`, "insecure-skip-tls-verify": true },
      },
    ],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  return kubernetesApi(kubeConfigOf(JSON.stringify(config)), {
    clock: createQuickClock(),
    ...settings,
  });
}

/** Writes for as long as somebody reads. */
const endless: RequestListener = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const more = (): void => {
    while (!response.destroyed && response.write(MEBIBYTE));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
};

describe("an answer without end", () => {
  it("is read up to the limit", async () => {
    const api = await startStrange(endless, { maxBodyBytes: 3_000_000 });
    await expect(api.request({ method: "GET", path })).rejects.toMatchObject({
      code: "too-large",
      message: "the answer of the API server is longer than 3000000 bytes",
    });
  });

  it("of a watch is read up to the limit of one event", async () => {
    const api = await startStrange(endless, { maxEventBytes: 3_000_000 });
    const events = follow((signal) => api.watch({ path, signal }));
    await expect(events.next()).rejects.toMatchObject({ code: "too-large" });
  });
});

describe("the events of a watch", () => {
  it("are whole however they are cut, and however many come", async () => {
    const lines = ["a", "\u00e4\u20ac\ud83d\ude00", "c".repeat(50)].map((name) =>
      JSON.stringify({ type: "ADDED", object: { name } }),
    );
    const bytes = Buffer.from(lines.map((line) => `${line}\n\n`).join(""));
    const api = await startStrange(
      (_, response) => {
        response.writeHead(200);
        for (const byte of bytes) response.write(Buffer.of(byte));
        response.end();
      },
      { maxEventBytes: 100 },
    );
    const seen: unknown[] = [];
    for await (const { object } of api.watch({ path })) seen.push(object);
    expect(seen).toEqual(lines.map((line) => JSON.parse(line).object));
  });
});

describe("a list", () => {
  it("whose pages are too large is read in smaller ones", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `app-${10 + index}`);
    const annotations = { note: "x".repeat(1000) };
    const objects = names.map((name) => {
      const manifest: object = application(name);
      return { ...manifest, metadata: { name, namespace: "argocd", annotations } };
    });
    const { api, server } = await startServer({ objects }, { maxBodyBytes: 6000 });
    const { objects: listed } = await listResources(api, selection);
    expect(namesOf(listed)).toEqual(names.map((name) => `argocd/${name}`));
    const limits = server.requests.map(({ path: asked }) => /limit=(\d+)/u.exec(asked)?.[1]);
    expect(limits).toEqual(["500", "100", "20", "4", "4", "4"]);
  });

  it("of which one object alone is too large is an error", async () => {
    const { api } = await startServer({ objects: [application("web")] }, { maxBodyBytes: 100 });
    await expect(listResources(api, selection)).rejects.toMatchObject({ code: "too-large" });
  });

  it.each([
    ["the same next one", () => "again"],
    ["always another next one", (page: number) => String(page)],
  ])("whose pages name %s is an error", async (_, next) => {
    const { api } = await startServer();
    let pages = 0;
    const answer = async (): Promise<{ status: number; body: unknown }> => {
      pages += 1;
      return { status: 200, body: { metadata: { continue: next(pages) }, items: [] } };
    };
    await expect(listResources({ ...api, request: answer }, selection)).rejects.toMatchObject({
      code: "invalid-response",
      message: expect.stringContaining("the list does not end"),
    });
  });
});
