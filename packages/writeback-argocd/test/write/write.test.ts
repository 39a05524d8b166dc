import { ApplicationError, type ApplicationClient, type Edit } from "@image-updater/core";
import { createArgoCdWriteBack } from "@image-updater/writeback-argocd";
import { afterEach, describe, expect, it } from "vitest";
import { changeOf, helmChange, manifest } from "../support/manifests.js";
import {
  apiApplications,
  counting,
  memoryApplications,
  steppingClock,
} from "../support/applications.js";

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function api(): Promise<Awaited<ReturnType<typeof apiApplications>>> {
  const subject = await apiApplications([manifest("web")]);
  closing.push(subject.close);
  return subject;
}

const wanted = changeOf("web", helmChange("1.1"));

it("a write is two requests, which name the project", async () => {
  const { server, client } = await api();
  const target = createArgoCdWriteBack({ applications: client, clock: steppingClock() });
  const [result] = await target.write([{ ...wanted, project: "default" }]);
  expect(result?.kind).toBe("written");
  expect(server.requests.map(({ method }) => method)).toEqual(["GET", "PATCH"]);
  expect(server.requests[0]?.path).toContain("project=default");
  expect(server.requests[1]?.body).toMatchObject({ project: "default" });
});

it("an outage that passes fails no write, whatever it is called", async () => {
  const { server, client } = await api();
  const message = "application spec is invalid: InvalidSpecError: repository not accessible: EOF";
  server.setFaults([
    { method: "GET", clusterDown: true, times: 1 },
    { method: "PATCH", status: 400, body: JSON.stringify({ code: 3, message }), times: 1 },
  ]);
  const target = createArgoCdWriteBack({ applications: client, clock: steppingClock() });
  const results = await target.write([{ ...wanted, project: "default" }]);
  expect(results.map(({ kind }) => kind)).toEqual(["written"]);
});

describe("a patch of which nobody knows whether it arrived", () => {
  it("is written when the values stand", async () => {
    const { server, client } = await api();
    server.setFaults([{ method: "PATCH", dropAnswer: true, times: 1 }]);
    const clock = steppingClock();
    const target = createArgoCdWriteBack({ applications: client, clock });
    const [result] = await target.write([wanted]);
    const web = server.application({ namespace: "argocd", name: "web" }) as {
      readonly metadata: { readonly resourceVersion: string };
    };
    expect(result).toEqual({
      kind: "written",
      revision: web.metadata.resourceVersion,
      paths: [],
    });
    expect(server.requests.map(({ method }) => method)).toEqual(["GET", "PATCH", "GET"]);
  });

  it("is sent again when they do not stand", async () => {
    const { server, client } = await api();
    const before = async (): Promise<never> => Promise.reject(new Error("broken"));
    server.setFaults([{ method: "PATCH", before, times: 2 }]);
    const target = createArgoCdWriteBack({ applications: client, clock: steppingClock() });
    const results = await target.write([wanted]);
    expect(results.map(({ kind }) => kind)).toEqual(["written"]);
    expect(server.requests.filter(({ method }) => method === "PATCH")).toHaveLength(3);
  });

  it("is looked for once more after the last attempt", async () => {
    const { server, client } = await api();
    const before = async (): Promise<never> => Promise.reject(new Error("broken"));
    server.setFaults([
      { method: "PATCH", before, times: 2 },
      { method: "PATCH", dropAnswer: true, times: 1 },
    ]);
    const target = createArgoCdWriteBack({ applications: client, clock: steppingClock() });
    const results = await target.write([wanted]);
    expect(results.map(({ kind }) => kind)).toEqual(["written"]);
  });

  it("fails when it never arrives", async () => {
    const { server, client } = await api();
    server.setFaults([{ method: "PATCH", status: 503 }]);
    const target = createArgoCdWriteBack({ applications: client, clock: steppingClock() });
    const [result] = await target.write([wanted]);
    expect(result).toMatchObject({ kind: "failed", error: { code: "unavailable" } });
    expect(server.requests.filter(({ method }) => method === "PATCH")).toHaveLength(3);
  });

  it("is looked for also when the answer is nonsense", async () => {
    const { client } = await memoryApplications([manifest("web")]);
    const nonsense: ApplicationClient = {
      ...client,
      async patch(...given) {
        await client.patch(...given);
        throw new ApplicationError("invalid-response", "nonsense", { application: "argocd/web" });
      },
    };
    const target = createArgoCdWriteBack({ applications: nonsense, clock: steppingClock() });
    const results = await target.write([wanted]);
    expect(results.map(({ kind }) => kind)).toEqual(["written"]);
  });
});

it.each(["forbidden", "unauthorized", "rejected", "not-found"] as const)(
  "a refusal (%s) is final",
  async (code) => {
    const { client } = await memoryApplications([manifest("web")]);
    const refusing = counting({
      ...client,
      patch: () => Promise.reject(new ApplicationError(code, code, { application: "argocd/web" })),
    });
    const target = createArgoCdWriteBack({ applications: refusing, clock: steppingClock() });
    const [result] = await target.write([wanted]);
    expect(result).toMatchObject({ kind: "failed", error: { code } });
    expect(refusing.calls).toEqual({ get: 1, patch: 1 });
  },
);

it("tries a lost race until the deadline, with pauses that grow to a limit", async () => {
  const { client } = await memoryApplications([manifest("web")]);
  const losing: ApplicationClient = {
    ...client,
    patch: () =>
      Promise.reject(new ApplicationError("conflict", "lost", { application: "argocd/web" })),
  };
  const clock = steppingClock();
  const target = createArgoCdWriteBack({
    applications: losing,
    clock,
    random: () => 0.5,
    deadlineMs: 10_000,
  });
  const [result] = await target.write([wanted]);
  expect(result).toMatchObject({ kind: "failed", error: { code: "conflict" } });
  expect(clock.pauses.slice(0, 6)).toEqual([50, 100, 200, 400, 800, 1000]);
  expect(clock.pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(10_000);
});

it("gives up a client that never answers, and goes on with the next change", async () => {
  const { client } = await memoryApplications([manifest("web")]);
  let hung = 0;
  const hanging: ApplicationClient = {
    ...client,
    get: (...given) => {
      hung += 1;
      return hung <= 3 ? new Promise(() => undefined) : client.get(...given);
    },
  };
  // Pauses and call limits are over at once.
  const clock = {
    now: () => new Date(0),
    delay: () => new Promise<void>((done) => setTimeout(done)),
  };
  const target = createArgoCdWriteBack({ applications: hanging, clock, deadlineMs: 5000 });
  const [first, second] = await target.write([wanted, wanted]);
  expect(first).toMatchObject({
    kind: "failed",
    error: { code: "unavailable", message: expect.stringContaining("5000 ms") },
  });
  expect(second).toMatchObject({ kind: "written" });
});

it.each(["get", "patch"] as const)("ends a %s that hangs when it is cancelled", async (method) => {
  const { server, client } = await api();
  const controller = new AbortController();
  const before = async (): Promise<void> => controller.abort();
  const names = { get: "GET", patch: "PATCH" } as const;
  server.setFaults([{ method: names[method], before, hang: true }]);
  const target = createArgoCdWriteBack({ applications: client, clock: steppingClock() });
  const [result] = await target.write([wanted], { signal: controller.signal });
  const may = method === "patch" ? "may have arrived" : "cancelled";
  expect(result).toMatchObject({
    kind: "failed",
    error: { code: "cancelled", message: expect.stringContaining(may) },
  });
});

it("refuses edits of files", async () => {
  const { client } = await memoryApplications([manifest("web")]);
  const target = createArgoCdWriteBack({ applications: client, clock: steppingClock() });
  const edit: Edit = { kind: "helm-values", path: "values.yaml", changes: [] };
  const [result] = await target.write([{ ...wanted, edits: [...wanted.edits, edit] }]);
  expect(result).toMatchObject({
    kind: "failed",
    error: { code: "unsupported", message: expect.stringContaining("values.yaml") },
  });
  expect(await client.get(wanted.application)).toMatchObject(manifest("web"));
});

it("makes one patch of several edits of one list", async () => {
  const { client } = await memoryApplications([manifest("web", {})]);
  const counted = counting(client);
  const target = createArgoCdWriteBack({ applications: counted, clock: steppingClock() });
  const tag = (name: string): Edit => ({
    kind: "application-patch",
    source: "/spec/source",
    changes: { helm: { parameters: [{ name, value: "1", forceString: true }] } },
  });
  const images: Edit = {
    kind: "application-patch",
    source: "/spec/source",
    changes: { kustomize: { images: ["a:1"] } },
  };
  const results = await target.write([{ ...wanted, edits: [tag("a"), images, tag("b")] }]);
  expect(results.map(({ kind }) => kind)).toEqual(["written"]);
  expect(counted.calls.patch).toBe(1);
  expect(await client.get(wanted.application)).toMatchObject({
    spec: {
      source: {
        helm: { parameters: [{ name: "a" }, { name: "b" }] },
        kustomize: { images: ["a:1"] },
      },
    },
  });
});

describe("read", () => {
  const settings = { method: "argocd", target: { kind: "override" } } as const;
  const target = createArgoCdWriteBack({
    applications: {
      contract: "application-client/1",
      get: () => Promise.reject(new Error("nobody asks")),
      patch: () => Promise.reject(new Error("nobody asks")),
    },
    clock: steppingClock(),
  });

  it("answers nothing where nothing is asked for", async () => {
    const read = { application: wanted.application, settings, paths: [] };
    expect(await target.read([read])).toEqual([{ kind: "read", files: new Map() }]);
  });

  it("says that there are no files, and for which entry", async () => {
    const none = { application: wanted.application, settings, paths: [] };
    const some = { application: wanted.application, settings, paths: ["apps/values.yaml"] };
    expect(await target.read([some, none])).toEqual([
      {
        kind: "failed",
        error: {
          name: "WriteBackError",
          code: "unsupported",
          message: expect.stringContaining("apps/values.yaml"),
        },
      },
      { kind: "read", files: new Map() },
    ]);
  });

  it("is for the method argocd", () => {
    expect(target.accepts(settings)).toBe(true);
    expect(target.accepts({ ...settings, method: "git" })).toBe(false);
  });
});
