import { describe, expect, it } from "vitest";
import type { KubernetesApi, KubernetesRequest } from "../../src/index.js";
import { parseLabelSelector } from "../../src/testing/label-selector.js";
import { application, imageUpdater, namesOf, secret } from "../support/objects.js";
import { startServer } from "../support/test-server.js";

const APPLICATIONS = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";
const UPDATERS = "/apis/argocd-image-updater.argoproj.io/v1alpha1/namespaces/argocd/imageupdaters";
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/argocd/leases";
const EVENTS = "/api/v1/namespaces/argocd/events";

interface Metadata {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
}

interface Stored {
  readonly metadata: Metadata;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: unknown;
}

async function call(
  api: KubernetesApi,
  method: KubernetesRequest["method"],
  path: string,
  body?: unknown,
): Promise<Stored> {
  const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const answer = await api.request({ method, path, body, contentType });
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as Stored;
}

describe("what is created", () => {
  it("gets a uid, a version and a generation, and no status by the main resource", async () => {
    const { api } = await startServer();
    const created = await call(api, "POST", UPDATERS, { ...imageUpdater("a"), status: { x: 1 } });
    expect(created.metadata).toMatchObject({ name: "a", namespace: "argocd", generation: 1 });
    expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(created).not.toHaveProperty("status");
    await expect(call(api, "POST", UPDATERS, imageUpdater("a"))).rejects.toThrow("AlreadyExists");
  });

  it("may leave its name to the server", async () => {
    const { api } = await startServer();
    const event = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { generateName: "web." },
      involvedObject: { namespace: "argocd" },
    };
    const { metadata } = await call(api, "POST", EVENTS, event);
    expect(metadata.name).toMatch(/^web\.[b-z2-9]{5}$/);
    const foreign = { ...event, involvedObject: { namespace: "other" } };
    await expect(call(api, "POST", EVENTS, foreign)).rejects.toThrow("does not match");
  });

  it.each<readonly [string, string, object, string]>([
    ["another kind", APPLICATIONS, imageUpdater("a"), "does not match"],
    ["another namespace", APPLICATIONS, application("a", { namespace: "b" }), "does not match"],
    ["a bad name", APPLICATIONS, application("A_b"), "metadata.name"],
    ["no object", APPLICATIONS, { kind: "Application" }, "could not be decoded"],
    ["an invalid spec", UPDATERS, { ...imageUpdater("a"), spec: {} }, "spec.applicationRefs"],
    [
      "a time of three digits",
      LEASES,
      {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name: "a" },
        spec: { renewTime: "2024-01-01T00:00:00.000Z" },
      },
      "parsing time",
    ],
  ])("is refused as %s", async (_, path, object, text) => {
    const { api } = await startServer();
    await expect(call(api, "POST", path, object)).rejects.toThrow(text);
  });
});

describe("what is changed", () => {
  it("counts its generation by the spec, its version by any change, and keeps its uid", async () => {
    const { api } = await startServer({ objects: [imageUpdater("a")] });
    const path = `${UPDATERS}/a`;
    const before = await call(api, "GET", path);
    const labelled = await call(api, "PATCH", path, {
      metadata: { labels: { a: "b" }, uid: null },
    });
    const same = await call(api, "PATCH", path, { metadata: { labels: { a: "b" } } });
    const status = await call(api, "PATCH", `${path}/status`, { status: { x: 1 }, spec: null });
    const spec = await call(api, "PATCH", path, { spec: { namespace: "x" }, status: { y: 1 } });
    expect([labelled, same, status, spec].map(({ metadata }) => metadata.generation)).toEqual([
      1, 1, 1, 2,
    ]);
    expect(same.metadata.resourceVersion).toBe(labelled.metadata.resourceVersion);
    expect(new Set([before, labelled, status, spec].map((one) => one.metadata.uid)).size).toBe(1);
    expect([spec.status, spec.spec["namespace"]]).toEqual([{ x: 1 }, "x"]);
  });

  it("is a conflict when it was made of another version", async () => {
    const { api, server } = await startServer({ objects: [application("a")] });
    const before = await call(api, "GET", `${APPLICATIONS}/a`);
    server.put(application("a"));
    await expect(call(api, "PUT", `${APPLICATIONS}/a`, before)).rejects.toThrow("Conflict");
    const { resourceVersion } = before.metadata;
    const patch = { metadata: { resourceVersion } };
    await expect(call(api, "PATCH", `${APPLICATIONS}/a`, patch)).rejects.toThrow("Conflict");
  });

  it("waits with its end for its finalizers", async () => {
    const { api, server } = await startServer();
    const metadata = { name: "a", finalizers: ["example.com/x"] };
    await call(api, "POST", UPDATERS, { ...imageUpdater("a"), metadata });
    await call(api, "DELETE", `${UPDATERS}/a`);
    const ending = await call(api, "GET", `${UPDATERS}/a`);
    expect(ending.metadata).toHaveProperty("deletionTimestamp");
    await call(api, "PATCH", `${UPDATERS}/a`, { metadata: { finalizers: null } });
    expect(server.list("ImageUpdater")).toEqual([]);
  });

  it("takes no patch of a kind that custom resources do not have", async () => {
    const { api } = await startServer({ objects: [application("a")] });
    const contentType = "application/strategic-merge-patch+json";
    const answer = await api.request({
      method: "PATCH",
      path: `${APPLICATIONS}/a`,
      body: {},
      contentType,
    });
    expect(answer).toMatchObject({ status: 415, body: { reason: "UnsupportedMediaType" } });
  });
});

describe("a failed test of a JSON Patch", () => {
  it("is answered as kube-apiserver does", async () => {
    const { api } = await startServer({ objects: [application("a")] });
    const answer = await api.request({
      method: "PATCH",
      path: `${APPLICATIONS}/a`,
      body: [{ op: "test", path: "/spec/project", value: "other" }],
      contentType: "application/json-patch+json",
    });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        kind: "Status",
        status: "Failure",
        reason: "Invalid",
        message: "the server rejected our request due to an error in our request",
        code: 422,
      },
    });
  });
});

describe("what is not there", () => {
  it("is told apart: an object by a Status, a resource by a page", async () => {
    const { api } = await startServer();
    await expect(api.request({ method: "GET", path: `${APPLICATIONS}/a` })).resolves.toMatchObject({
      status: 404,
      body: { reason: "NotFound", message: 'applications.argoproj.io "a" not found' },
    });
    const widgets = { method: "GET", path: "/apis/example.com/v1/widgets" } as const;
    await expect(api.request(widgets)).resolves.toMatchObject({ status: 404, body: undefined });
    const noStatus = { method: "GET", path: `${APPLICATIONS}/a/status` } as const;
    await expect(api.request(noStatus)).resolves.toMatchObject({ status: 404, body: undefined });
  });
});

describe("lists", () => {
  it("leave kind and version out of built-in objects, as the API server does", async () => {
    const { api } = await startServer({ objects: [secret("a", {}), application("a")] });
    const path = "/api/v1/secrets";
    const { body: secrets } = await api.request({ method: "GET", path });
    expect(secrets).toMatchObject({ kind: "SecretList", items: [{ metadata: { name: "a" } }] });
    expect((secrets as { items: readonly object[] }).items[0]).not.toHaveProperty("kind");
    const { body } = await api.request({ method: "GET", path: APPLICATIONS });
    expect(body).toMatchObject({ items: [{ kind: "Application" }] });
  });

  it.each([
    ["metadata.name=b", ["argocd/b"]],
    ["metadata.name=b,metadata.namespace=argocd", ["argocd/b"]],
    ["metadata.namespace=other", []],
  ])("know the field selector %s", async (fieldSelector, names) => {
    const { api } = await startServer({ objects: [application("a"), application("b")] });
    const query = { fieldSelector };
    const { body } = await api.request({ method: "GET", path: APPLICATIONS, query });
    expect(namesOf((body as { items: readonly unknown[] }).items)).toEqual(names);
  });

  it.each([{ fieldSelector: "spec.x=1" }, { labelSelector: "a b" }])("refuse %j", async (query) => {
    const { api } = await startServer();
    const answer = api.request({ method: "GET", path: APPLICATIONS, query });
    await expect(answer).resolves.toMatchObject({ status: 400 });
  });
});

describe("rights", () => {
  it("are refused in the API server's words", async () => {
    const rules = [{ resources: ["applications"], verbs: ["get"], namespaces: ["argocd"] }];
    const { api } = await startServer({ users: [{ token: "test-token", name: "jane", rules }] });
    const answer = api.request({ method: "GET", path: "/apis/argoproj.io/v1alpha1/applications" });
    await expect(answer).resolves.toMatchObject({
      status: 403,
      body: {
        reason: "Forbidden",
        message:
          'applications.argoproj.io is forbidden: User "jane" cannot list resource "applications" in API group "argoproj.io" at the cluster scope',
      },
    });
  });
});

describe("a label selector", () => {
  const labels = { team: "web", tier: "front", "example.com/x": "" };

  it.each([
    ["", true],
    ["team=web", true],
    ["team==web,tier=front", true],
    ["team=api", false],
    ["team!=api", true],
    ["missing!=x", true],
    ["team in (api, web)", true],
    ["team in (api)", false],
    ["team notin (api),tier", true],
    ["missing notin (x)", true],
    ["example.com/x", true],
    ["example.com/x=", true],
    ["!missing", true],
    ["!team", false],
    ["missing", false],
    ["toString", false],
  ])("%j: %s", (selector, expected) => {
    expect(parseLabelSelector(selector)?.(labels)).toBe(expected);
  });

  it.each(["a b", "a in b", "=", "a=b=c", "a,,b"])("is not %j", (selector) => {
    expect(parseLabelSelector(selector)).toBeUndefined();
  });
});
