import { env, execPath } from "node:process";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { kubernetesApi, KubernetesError } from "../../src/index.js";
import { startKubernetesApi, type KubernetesTestFault } from "../../src/testing/index.js";
import { kubeConfigOf } from "../support/kube-config.js";
import { loopbackTls } from "../support/loopback-tls.js";
import { application } from "../support/objects.js";
import { createQuickClock } from "../support/quick-clock.js";
import { follow, rejection, startServer } from "../support/test-server.js";

const APPLICATIONS = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
const list = { method: "GET", path: APPLICATIONS } as const;
const create = { method: "POST", path: APPLICATIONS, body: application("web") } as const;
const random = (): number => 0;

describe("the client library", () => {
  it("is the one that is to be tested", () => {
    const is2 = "createDispatcherOptions" in kubeConfigOf("{}");
    expect(is2).toBe(env["KUBERNETES_CLIENT"] === "kubernetes-client-2");
  });
});

describe("a request", () => {
  it("goes to the server of the current context, with its token", async () => {
    const { api, server } = await startServer({ users: [{ token: "t0ken" }] });
    await expect(api.request(create)).resolves.toMatchObject({ status: 201 });
    await expect(api.request(list)).resolves.toMatchObject({ status: 200, body: { items: [{}] } });
    const stranger = kubernetesApi(kubeConfigOf(server.kubeconfig("other")), { retries: 0 });
    await expect(stranger.request(list)).resolves.toMatchObject({ status: 401 });
  });

  it.each<readonly [string, KubernetesTestFault["behave"], readonly number[], number]>([
    ["429, for as long as the server says", "rate-limited", [1000], 200],
    ["503", "unavailable", [500], 200],
    ["500", "server-error", [500], 200],
    ["a lost connection", "disconnect", [500], 200],
    ["nothing that is final", "conflict", [], 409],
  ])("that reads is sent again after %s", async (_, behave, waits, status) => {
    const clock = createQuickClock();
    const { api, server } = await startServer(
      { faults: [{ behave, times: 1 }] },
      { clock, random },
    );
    await expect(api.request(list)).resolves.toMatchObject({ status });
    expect([clock.waits, server.requests.length]).toEqual([waits, waits.length + 1]);
  });

  it.each<readonly [string, KubernetesTestFault["behave"], number]>([
    ["is sent again after 429", "rate-limited", 201],
    ["is not sent again after 503", "unavailable", 503],
    ["is not sent again after 500", "server-error", 500],
  ])("that writes %s", async (_, behave, status) => {
    const clock = createQuickClock();
    const { api } = await startServer({ faults: [{ behave, times: 1 }] }, { clock, random });
    await expect(api.request(create)).resolves.toMatchObject({ status });
  });

  it("that writes is not sent again when the answer was lost", async () => {
    const { api, server } = await startServer({ faults: [{ behave: "lose-answer", times: 1 }] });
    await expect(api.request(create)).rejects.toMatchObject({ code: "unavailable" });
    expect([server.requests.length, server.list("Application").length]).toEqual([1, 1]);
  });

  it("is given up after some attempts, with growing waits", async () => {
    const clock = createQuickClock();
    const { api } = await startServer({ faults: [{ behave: "unavailable" }] }, { clock, random });
    await expect(api.request(list)).resolves.toMatchObject({ status: 503 });
    expect(clock.waits).toEqual([500, 1000, 2000]);
  });

  it("ends with its time", async () => {
    const settings = { requestTimeoutMs: 100, retries: 0 };
    const { api } = await startServer({ faults: [{ behave: "hang" }] }, settings);
    await expect(api.request(list)).rejects.toMatchObject({ code: "timeout" });
  });

  it("waits for a slow server", async () => {
    const { api } = await startServer({ faults: [{ behave: "slow" }] });
    await expect(api.request(list)).resolves.toMatchObject({ status: 200 });
  });

  it("ends with its signal, before and after it was sent", async () => {
    const { api, server } = await startServer({ faults: [{ behave: "hang" }] });
    const controller = new AbortController();
    const { signal } = controller;
    const sent = rejection(api.request({ ...list, signal }));
    await expect.poll(() => server.requests).toHaveLength(1);
    controller.abort();
    await expect(sent).resolves.toMatchObject({ code: "cancelled" });
    await expect(api.request({ ...list, signal })).rejects.toMatchObject({ code: "cancelled" });
    expect(server.requests).toHaveLength(1);
  });

  it("does not believe a page of something in between", async () => {
    const { api } = await startServer({ faults: [{ behave: "garbage" }] });
    await expect(api.request(list)).rejects.toMatchObject({ code: "invalid-response" });
  });

  it.each([
    ["no context", "{}", "invalid-config", "no current context"],
    ["no URL", { server: "somewhere" }, "invalid-config", "not an http or https URL"],
    ["plain http", { server: "http://127.0.0.1:1" }, "unauthorized", "insecure-skip-tls-verify"],
    [
      "nobody there",
      { server: "http://127.0.0.1:1", "insecure-skip-tls-verify": true },
      "unavailable",
      "ECONNREFUSED",
    ],
  ])("says what is wrong with a kubeconfig: %s", async (_, cluster, code, text) => {
    const api = kubernetesApi(kubeConfigOf(kubeconfigWith({ cluster })), { retries: 0 });
    const error = await rejection(api.request(list));
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it("asks the program that a kubeconfig names for a token", async () => {
    const { server } = await startServer({ users: [{ token: "of-program" }] });
    const status = { token: "of-program" };
    const credential = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status,
    };
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: execPath,
      args: ["-e", `console.log(${JSON.stringify(JSON.stringify(credential))})`],
      interactiveMode: "Never",
    };
    const cluster = { server: server.url, "insecure-skip-tls-verify": true };
    const api = kubernetesApi(kubeConfigOf(kubeconfigWith({ cluster, user: { exec } })));
    await expect(api.request(list)).resolves.toMatchObject({ status: 200 });
  });

  it("never has a token in an error", async () => {
    const cluster = { server: "http://127.0.0.1:1", "insecure-skip-tls-verify": true };
    const user = { token: "s3cret" };
    const api = kubernetesApi(kubeConfigOf(kubeconfigWith({ cluster, user })), { retries: 0 });
    const error = await rejection(api.request(list));
    expect(KubernetesError.is(error)).toBe(true);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain("s3cret");
  });
});

describe("over TLS", () => {
  it("trusts the authority of the kubeconfig, and no other", async () => {
    const server = await startKubernetesApi({ tls: loopbackTls });
    onTestFinished(() => server.close());
    const api = kubernetesApi(kubeConfigOf(server.kubeconfig()));
    await expect(api.request(list)).resolves.toMatchObject({ status: 200 });
    const cluster = { server: server.url };
    const stranger = kubernetesApi(kubeConfigOf(kubeconfigWith({ cluster })), { retries: 0 });
    await expect(stranger.request(list)).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("a watch", () => {
  const watch = { path: APPLICATIONS, query: { resourceVersion: "0" } };

  it("yields what comes, and closes the connection when it is left", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    for await (const event of api.watch(watch)) {
      expect(event).toMatchObject({ type: "ADDED", object: { metadata: { name: "web" } } });
      expect(server.watches).toBe(1);
      break;
    }
    await expect.poll(() => server.watches).toBe(0);
  });

  it("lives longer than a request may take", async () => {
    const { api, server } = await startServer({}, { requestTimeoutMs: 100 });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const events = follow((signal) => api.watch({ ...watch, signal }));
    const first = events.next();
    await expect.poll(() => server.watches).toBe(1);
    server.put(application("api"));
    // The server counts a watch before its client has the answer.
    await expect(first).resolves.toMatchObject({ type: "ADDED" });
    vi.advanceTimersByTime(200);
    server.put(application("web"));
    await expect(events.next()).resolves.toMatchObject({ type: "ADDED" });
  });

  it("ends quietly with its signal", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const events = follow((signal) => api.watch({ ...watch, signal }));
    await events.next();
    await events.stop();
    await expect.poll(() => server.watches).toBe(0);
  });

  it("ends quietly with its signal while nobody reads", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const controller = new AbortController();
    const events = api.watch({ ...watch, signal: controller.signal })[Symbol.asyncIterator]();
    await events.next();
    controller.abort();
    await expect.poll(() => server.watches).toBe(0);
    await expect(events.next()).resolves.toMatchObject({ done: true });
  });

  it("says unavailable when the connection is cut", async () => {
    const { api, server } = await startServer({ objects: [application("web")] });
    const events = follow((signal) => api.watch({ ...watch, signal }));
    await events.next();
    server.dropWatches();
    await expect(events.next()).rejects.toMatchObject({ code: "unavailable" });
  });

  it.each<readonly [KubernetesTestFault["behave"], number]>([
    ["expired", 410],
    ["rate-limited", 429],
  ])("turns the answer %s into an ERROR with its status", async (behave, code) => {
    const { api } = await startServer({ faults: [{ behave }] });
    const events = follow((signal) => api.watch({ ...watch, signal }));
    await expect(events.next()).resolves.toMatchObject({ type: "ERROR", object: { code } });
  });

  it("does not believe a page of something in between", async () => {
    const { api } = await startServer({ faults: [{ behave: "garbage" }] });
    const events = follow((signal) => api.watch({ ...watch, signal }));
    await expect(events.next()).rejects.toMatchObject({ code: "invalid-response" });
  });
});

function kubeconfigWith({
  cluster,
  user = { token: "test-token" },
}: {
  readonly cluster: unknown;
  readonly user?: object;
}): string {
  if (typeof cluster === "string") return cluster;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
}
