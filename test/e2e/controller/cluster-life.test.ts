import { readFile } from "node:fs/promises";
import type { KubernetesTestResource } from "@image-updater/kubernetes/testing";
import { request } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { at, listAt, textAt } from "../../../examples/controller/src/manifest-fields.js";
import { cyclesEnded } from "./support/cycles-ended.js";
import {
  committed,
  imageUpdater,
  stageCluster,
  type ClusterStage,
} from "./support/stage-cluster.js";

const FINALIZER = "resources-finalizer.argocd-image-updater.argoproj.io";
const TEAM = { kind: "ImageUpdater", namespace: "argocd", name: "team" };
const IMAGE_UPDATERS: KubernetesTestResource = {
  group: "argocd-image-updater.argoproj.io",
  version: "v1alpha1",
  resource: "imageupdaters",
  kind: "ImageUpdater",
  hasStatus: true,
  hasGeneration: true,
};

type Started = Awaited<ReturnType<ClusterStage["start"]>>;

let stage: ClusterStage;

afterEach(async () => {
  await stage.close();
});

function team(metadata: object = {}): object {
  const resource = imageUpdater("team", "w*", `${stage.registry.host}/acme/web`);
  return { ...resource, metadata: { name: "team", namespace: "argocd", ...metadata } };
}

/** As `kubectl delete`, which waits for finalizers. */
async function deleteTeam(): Promise<void> {
  const path = "/apis/argocd-image-updater.argoproj.io/v1alpha1/namespaces/argocd/imageupdaters";
  const headers = { authorization: "Bearer test-token" };
  const answer = await request(`${stage.cluster.url}${path}/team`, { method: "DELETE", headers });
  await answer.body.dump();
  expect(answer.statusCode).toBe(200);
}

function listsOfApplications(): number {
  return stage.cluster.requests.filter(
    ({ verb, path }) => verb === "list" && path.includes("/applications"),
  ).length;
}

/** Warnings and errors of a log. */
function complaints({ logger }: Started): readonly string[] {
  return logger.entries
    .filter(({ level }) => level === "warn" || level === "error")
    .map(({ message }) => message);
}

function conditionsOf(resource: unknown): readonly string[] {
  return listAt(resource, "status", "conditions").map((one) =>
    ["type", "status", "reason"].map((key) => textAt(one, key)).join(" "),
  );
}

/** Writes to the cluster but for leases, by verb and path. */
function writes(): readonly string[] {
  return stage.cluster.requests
    .filter(({ method, path }) => method !== "GET" && !path.includes("/leases"))
    .map(({ verb, path }) => `${verb} ${path}`);
}

/** Until the status of the ImageUpdater says that a cycle has ended well. */
async function untilReady(): Promise<void> {
  await expect
    .poll(() => conditionsOf(stage.cluster.get(TEAM)))
    .toContain("Ready True ReconcileSucceeded");
}

/** Until the registry has been asked for tags, which it never gives. */
async function untilReading(): Promise<void> {
  await expect
    .poll(() => stage.registry.requests.some(({ path }) => path.includes("/tags/list")))
    .toBe(true);
}

describe("an ImageUpdater with upstream's finalizer", () => {
  it("ends when it is deleted, and takes no Application any more", async () => {
    stage = await stageCluster();
    // What the annotations allow is not an update.
    await stage.addApplication("web", { annotations: { "app.allow-tags": "regexp:^never$" } });
    stage.cluster.put(team({ finalizers: [FINALIZER] }));
    const controller = await stage.start();
    await cyclesEnded(controller, 1);
    await untilReady();
    expect(stage.cluster.get(TEAM)?.metadata.finalizers).toEqual([FINALIZER]);
    await expect.poll(() => stage.cluster.watches).toBe(2);
    await deleteTeam();
    await expect.poll(() => stage.cluster.get(TEAM)).toBeUndefined();
    await cyclesEnded(controller, 2);
    stage.registry.push("acme/web", { tag: "1.2.0" });
    stage.clock.advance(120_000);
    await cyclesEnded(controller, 3);
    expect(await committed(stage, "web")).not.toContain("1.2.0");
    expect(complaints(controller)).toEqual([]);
  });

  it.each([
    ["ends that was deleted while nobody was there", [FINALIZER], undefined],
    ["keeps the finalizers of others", ["other.example.com/x", FINALIZER], ["other.example.com/x"]],
    ["is left alone where it is not ours", ["other.example.com/x"], ["other.example.com/x"]],
  ])("%s", async (_, finalizers, left) => {
    stage = await stageCluster();
    await stage.addApplication("web", { annotations: { "app.allow-tags": "regexp:^never$" } });
    stage.cluster.put(team({ finalizers, deletionTimestamp: "2024-01-01T00:00:00Z" }));
    const controller = await stage.start();
    await cyclesEnded(controller, 1);
    expect(stage.cluster.get(TEAM)?.metadata.finalizers).toEqual(left);
    expect(stage.cluster.get(TEAM)?.["status"]).toBeUndefined();
    expect(await committed(stage, "web")).toBeUndefined();
    expect(complaints(controller)).toEqual([]);
  });

  it("stays in a dry run", async () => {
    stage = await stageCluster();
    stage.cluster.put(team({ finalizers: [FINALIZER], deletionTimestamp: "2024-01-01T00:00:00Z" }));
    await cyclesEnded(await stage.start("--dry-run"), 1);
    expect(stage.cluster.get(TEAM)?.metadata.finalizers).toEqual([FINALIZER]);
    expect(writes()).toEqual([]);
  });
});

describe("a change of an Application's status", () => {
  it("costs no list of Applications, and no tags", async () => {
    stage = await stageCluster();
    for (const name of ["web", "api"]) await stage.addApplication(name);
    const controller = await stage.start();
    await cyclesEnded(controller, 1);
    await expect.poll(() => stage.cluster.watches).toBe(2);
    const asked = [listsOfApplications(), stage.registry.requests.length];
    const web = stage.cluster.get({ kind: "Application", namespace: "argocd", name: "web" });
    const images = [`${stage.registry.host}/acme/web:1.1.0`];
    for (const health of ["Progressing", "Healthy"]) {
      const status = { sourceType: "Kustomize", summary: { images }, health: { status: health } };
      stage.cluster.put({ ...web, status });
    }
    // What is told after it has been seen after it.
    stage.cluster.put(imageUpdater("last", "none", "acme/none"));
    await cyclesEnded(controller, 2);
    const told = controller.logger.entries.filter(({ message }) => /triggered/u.test(message));
    expect(told.map(({ message }) => message)).toEqual([
      "Cycle triggered by image-updater argocd/last",
    ]);
    expect([listsOfApplications(), stage.registry.requests.length]).toEqual([
      (asked[0] ?? 0) + 1,
      asked[1],
    ]);
  });
});

describe("a controller that is told to stop while it reads", () => {
  it("has not failed: no error, no warning, and a status that is idle", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    await stage.addApplication("api");
    stage.cluster.put(team());
    stage.registry.setFaults([{ on: "tags", behave: "hang" }]);
    const controller = await stage.start();
    await untilReading();
    await controller.stop();
    expect(complaints(controller)).toEqual([]);
    expect(stage.cluster.list("Event")).toEqual([]);
    expect(conditionsOf(stage.cluster.get(TEAM))).toEqual(["Reconciling False Idle"]);
  });

  it("leaves what the last whole cycle said", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    stage.cluster.put(team());
    const first = await stage.start();
    await cyclesEnded(first, 1);
    await first.stop();
    const before = at(stage.cluster.get(TEAM), "status");
    stage.registry.setFaults([{ on: "tags", behave: "hang" }]);
    const second = await stage.start();
    const asked = stage.registry.requests.length;
    await expect.poll(() => stage.registry.requests.length).toBeGreaterThan(asked);
    await second.stop();
    const [reconciling, ...others] = listAt(before, "conditions");
    const after = at(stage.cluster.get(TEAM), "status");
    expect(listAt(after, "conditions").slice(1)).toEqual(others);
    expect(reconciling).toMatchObject({ status: "False" });
    expect({ ...Object(after), conditions: [] }).toEqual({ ...Object(before), conditions: [] });
  });

  it.each([
    ["the lists", "applications"],
    ["its settings", "configmaps"],
  ])("of the cluster, as %s, says nothing either", async (_, resource) => {
    stage = await stageCluster();
    await stage.addApplication("web");
    stage.cluster.put(team());
    stage.cluster.put({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "conf" },
      data: { "registries.conf": await readFile(stage.registriesConf, "utf8") },
    });
    const controller = await stage.start("--registries-conf-config-map=conf", "--interval=10s");
    await cyclesEnded(controller, 1);
    stage.cluster.setFaults([{ resource, behave: "hang" }]);
    const isHeld = (): boolean =>
      stage.cluster.requests.some(({ path, status }) => status === 0 && path.includes(resource));
    await expect
      .poll(() => {
        // In small steps: a request takes many turns of the loop, and is given up after 30 s.
        stage.clock.advance(250);
        return isHeld();
      })
      .toBe(true);
    await controller.stop();
    expect(complaints(controller)).toEqual([]);
    expect(conditionsOf(stage.cluster.get(TEAM))[0]).toBe("Reconciling False Idle");
  });
});

describe("a leader whose lease is over", () => {
  it("has not failed, and writes nothing more to the cluster", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    stage.cluster.put(team());
    stage.registry.setFaults([{ on: "tags", behave: "hang" }]);
    const controller = await stage.start("--leader-election");
    await untilReading();
    const before = writes();
    const [lease] = stage.cluster.list("Lease");
    stage.cluster.put({ ...lease, spec: { ...Object(lease?.["spec"]), holderIdentity: "other" } });
    await expect
      .poll(() => {
        stage.clock.advance(500);
        return controller.logger.entries.map(({ message }) => message);
      })
      .toContain("No longer leading");
    expect(complaints(controller)).toEqual([]);
    expect(writes()).toEqual(before);
    expect(stage.cluster.list("Event")).toEqual([]);
  });

  it("sends no write again that the server put off", async () => {
    stage = await stageCluster();
    await stage.addApplication("web", { annotations: { "write-back-method": "argocd" } });
    stage.cluster.setFaults([
      { resource: "applications", verb: "patch", behave: "rate-limited", times: 1 },
    ]);
    const controller = await stage.start("--leader-election");
    const patches = (): number => writes().filter((one) => one.startsWith("patch ")).length;
    await expect.poll(patches).toBe(1);
    const [lease] = stage.cluster.list("Lease");
    stage.cluster.put({ ...lease, spec: { ...Object(lease?.["spec"]), holderIdentity: "other" } });
    // The write waits for a second, and the lease is renewed every two.
    stage.cluster.setFaults([{ resource: "applications", behave: "rate-limited" }]);
    await expect
      .poll(() => {
        stage.clock.advance(500);
        return controller.logger.entries.map(({ message }) => message);
      })
      .toContain("No longer leading");
    stage.cluster.setFaults([]);
    const sent = patches();
    await controller.stop();
    expect(patches()).toBe(sent);
    expect(
      stage.cluster.get({ kind: "Application", namespace: "argocd", name: "web" }),
    ).not.toEqual(
      expect.objectContaining({
        spec: expect.objectContaining({
          source: expect.objectContaining({ kustomize: expect.anything() }),
        }),
      }),
    );
  });
});

describe("an API server that has just started", () => {
  it("may refuse everything for a moment", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    stage.cluster.put(team());
    stage.cluster.setFaults([
      { behave: "forbidden", times: 2 },
      { resource: "imageupdaters", behave: "forbidden", times: 2 },
      { resource: "leases", behave: "forbidden", times: 1 },
    ]);
    const controller = await stage.start("--leader-election");
    await expect
      .poll(() => {
        stage.clock.advance(500);
        return conditionsOf(stage.cluster.get(TEAM));
      })
      .toContain("Ready True ReconcileSucceeded");
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
    expect(complaints(controller)).toEqual([]);
  });
});

describe("the kind ImageUpdater", () => {
  it("is found when it is installed later, before the next whole cycle", async () => {
    const resources = [
      { group: "argoproj.io", version: "v1alpha1", resource: "applications", kind: "Application" },
      { group: "", version: "v1", resource: "secrets", kind: "Secret" },
      { group: "", version: "v1", resource: "events", kind: "Event" },
    ];
    stage = await stageCluster({ resources });
    await stage.addApplication("web", { annotations: { "app.allow-tags": "regexp:^never$" } });
    const controller = await stage.start("--interval=-1s");
    await expect
      .poll(() => {
        stage.clock.advance(5000);
        return stage.cluster.requests.filter(({ path }) => path.includes("/imageupdaters")).length;
      })
      .toBeGreaterThan(2);
    resources.push(IMAGE_UPDATERS);
    stage.cluster.put(team());
    await expect
      .poll(() => {
        stage.clock.advance(5000);
        return conditionsOf(stage.cluster.get(TEAM));
      })
      .toContain("Ready True ReconcileSucceeded");
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
    const said = controller.logger.entries.map(({ message }) => message);
    expect(said.filter((message) => /No kind ImageUpdater/u.test(message))).toHaveLength(1);
    expect(complaints(controller)).toEqual([]);
  });
});

describe("the numbers of a status", () => {
  it("are those of the log", async () => {
    stage = await stageCluster();
    for (const name of ["web", "wrong"]) await stage.addApplication(name);
    const { host } = stage.registry;
    const images = ["web", "wrong"].map((name) => ({
      alias: name,
      imageName: `${host}/acme/${name}`,
    }));
    const spec = {
      writeBackConfig: { method: "git" },
      applicationRefs: [{ namePattern: "w*", images }],
    };
    stage.cluster.put({ ...team(), spec });
    const controller = await stage.start();
    await cyclesEnded(controller, 1);
    await expect
      .poll(() => conditionsOf(stage.cluster.get(TEAM)))
      .toContain("Reconciling False Idle");
    const results = controller.logger.entries.find(({ message }) =>
      message.startsWith("Processing results"),
    );
    const [, applications, considered, updated, errors] =
      /applications=(\d+) images_considered=(\d+) .*images_updated=(\d+) errors=(\d+)/u.exec(
        results?.message ?? "",
      ) ?? [];
    const status = at(stage.cluster.get(TEAM), "status");
    const ready = listAt(status, "conditions").find((one) => textAt(one, "type") === "Ready");
    expect(textAt(ready, "message")).toBe(
      `Checked ${applications} application(s), updated ${updated} image(s), and ${errors} error(s).`,
    );
    expect([at(status, "applicationsMatched"), at(status, "imagesManaged")]).toEqual([
      Number(applications),
      Number(considered),
    ]);
    const warning = stage.cluster.list("Event").find((one) => one["type"] === "Warning");
    expect(String(warning?.["message"]).match(/acme\/wrong/gu)).toHaveLength(1);
  });
});
