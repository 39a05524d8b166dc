import { at, listAt, textAt } from "../../../examples/controller/src/manifest-fields.js";
import { afterEach, describe, expect, it } from "vitest";
import { cyclesEnded } from "./support/cycles-ended.js";
import { passInterval } from "./support/pass-interval.js";
import { pushWebhook } from "./support/push-webhook.js";
import { send } from "./support/send.js";
import {
  committed,
  imageUpdater,
  stageCluster,
  type ClusterStage,
} from "./support/stage-cluster.js";

/** Of what the test server knows by default, all but ImageUpdaters. */
const WITHOUT_IMAGE_UPDATERS = [
  { group: "argoproj.io", version: "v1alpha1", resource: "applications", kind: "Application" },
  { group: "", version: "v1", resource: "secrets", kind: "Secret" },
  { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap" },
  { group: "", version: "v1", resource: "events", kind: "Event" },
  { group: "coordination.k8s.io", version: "v1", resource: "leases", kind: "Lease" },
];

describe("the controller on a cluster", () => {
  let stage: ClusterStage;

  afterEach(async () => {
    await stage.close();
  });

  function listsOfApplications(): number {
    return stage.cluster.requests.filter(
      ({ verb, path }) => verb === "list" && path.includes("/applications"),
    ).length;
  }

  function conditionOf(name: string, type: string): unknown {
    const resource = stage.cluster.get({ kind: "ImageUpdater", namespace: "argocd", name });
    return listAt(resource, "status", "conditions").find((one) => textAt(one, "type") === type);
  }

  function kustomizeImages(name: string): readonly unknown[] {
    const application = stage.cluster.get({ kind: "Application", namespace: "argocd", name });
    return listAt(application, "spec", "source", "kustomize", "images");
  }

  it("updates by Git and by a patch, with credentials of the cluster, and leaves events", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    await stage.addApplication("api", { annotations: { "write-back-method": "argocd" } });
    await stage.start();
    await expect.poll(() => stage.cluster.list("Event")).toHaveLength(2);
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
    expect(kustomizeImages("api")).toEqual([`${stage.registry.host}/acme/api:1.1.0`]);
    expect(stage.cluster.list("Event")).toEqual(
      expect.arrayContaining(
        ["web", "api"].map((name): unknown =>
          expect.objectContaining({
            reason: "ImagesUpdated",
            involvedObject: expect.objectContaining({ kind: "Application", name }),
          }),
        ),
      ),
    );
  });

  it("makes no events where they are disabled", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    const controller = await stage.start("--disable-kube-events");
    await cyclesEnded(controller, 1);
    await controller.stop();
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
    expect(stage.cluster.list("Event")).toEqual([]);
  });

  it("has an ImageUpdater take Applications, and writes its status", async () => {
    stage = await stageCluster();
    // What the annotations allow would not be an update.
    await stage.addApplication("web", { annotations: { "app.allow-tags": "regexp:^never$" } });
    stage.cluster.put(imageUpdater("team", "w*", `${stage.registry.host}/acme/web`));
    await stage.start();
    await expect
      .poll(() => conditionOf("team", "Reconciling"))
      .toMatchObject({
        status: "False",
        reason: "Idle",
      });
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
    expect(conditionOf("team", "Ready")).toMatchObject({
      status: "True",
      reason: "ReconcileSucceeded",
    });
    expect(
      stage.cluster.get({ kind: "ImageUpdater", namespace: "argocd", name: "team" }),
    ).toMatchObject({
      status: {
        observedGeneration: 1,
        applicationsMatched: 1,
        imagesManaged: 1,
        recentUpdates: [
          {
            alias: "app",
            newVersion: "1.1.0",
            applicationsUpdated: 1,
            message: "Updated from 1.0.0 to 1.1.0.",
          },
        ],
      },
    });
  });

  it("adds to a status what a cycle over a part of the images updated", async () => {
    stage = await stageCluster();
    const { host } = stage.registry;
    for (const name of ["web", "api"]) await stage.addApplication(name);
    const images = ["web", "api"].map((name) => ({
      alias: name,
      imageName: `${host}/acme/${name}`,
    }));
    stage.cluster.put({
      ...imageUpdater("team", "*", ""),
      spec: {
        writeBackConfig: { method: "git" },
        applicationRefs: [{ namePattern: "*", images }],
      },
    });
    const controller = await stage.start("--enable-webhook");
    const team = { kind: "ImageUpdater", namespace: "argocd", name: "team" };
    await expect
      .poll(() => stage.cluster.get(team))
      .toMatchObject({ status: { applicationsMatched: 2, recentUpdates: { length: 2 } } });
    stage.registry.push("acme/web", { tag: "1.2.0" });
    await pushWebhook(controller.ports.webhooks, stage.registry, "acme/web", "1.2.0");
    await expect
      .poll(() => stage.cluster.get(team))
      .toMatchObject({
        status: {
          applicationsMatched: 2,
          imagesManaged: 2,
          recentUpdates: [{ alias: "web", newVersion: "1.2.0" }],
        },
      });
  });

  it("says in a status what failed", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    stage.cluster.put(imageUpdater("team", "w*", `${stage.registry.host}/acme/web`));
    stage.registry.setFaults([{ on: "tags", behave: "forbidden" }]);
    await stage.start();
    await expect
      .poll(() => conditionOf("team", "Error"))
      .toMatchObject({
        status: "True",
        reason: "PartialErrors",
      });
    expect(conditionOf("team", "Ready")).toMatchObject({ reason: "ReconcileCompletedWithErrors" });
  });

  it("lets the most specific ImageUpdater have an Application, and a broken reference nobody", async () => {
    stage = await stageCluster();
    await stage.addApplication("web", { annotations: { "app.allow-tags": "regexp:^1" } });
    await stage.addApplication("api");
    const { host } = stage.registry;
    stage.cluster.put(imageUpdater("broad", "*", `${host}/acme/api`));
    stage.cluster.put(imageUpdater("narrow", "web", `${host}/acme/web`));
    stage.cluster.put({
      ...imageUpdater("wrong", "api", "acme/api"),
      spec: { applicationRefs: [{ namePattern: "api", images: "none" }] },
    });
    await stage.start();
    await expect
      .poll(() => conditionOf("wrong", "Error"))
      .toMatchObject({
        reason: "InvalidApplicationRef",
      });
    const matched = ["broad", "narrow"].map((name) => {
      const found = stage.cluster.get({ kind: "ImageUpdater", namespace: "argocd", name });
      return at(found, "status", "applicationsMatched");
    });
    expect(matched).toEqual([0, 1]);
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
    expect(await committed(stage, "api")).toBeUndefined();
  });

  it("does with annotations alone where the kind ImageUpdater is not installed", async () => {
    stage = await stageCluster({ resources: WITHOUT_IMAGE_UPDATERS });
    await stage.addApplication("web");
    const controller = await stage.start();
    await cyclesEnded(controller, 1);
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
    const levels = controller.logger.entries.map(({ level }) => level);
    expect(levels).not.toContain("error");
    expect(levels).not.toContain("warn");
  });

  it("looks at what changed, and at nothing else", async () => {
    stage = await stageCluster();
    await stage.addApplication("web", { annotations: { "app.allow-tags": "regexp:^1[.]0" } });
    await stage.addApplication("api");
    const controller = await stage.start();
    await cyclesEnded(controller, 1);
    await expect.poll(() => stage.cluster.watches).toBe(2);
    const asked = stage.registry.requests.filter(({ path }) => path.includes("acme/api")).length;
    stage.cluster.put(imageUpdater("team", "web", `${stage.registry.host}/acme/web`));
    await cyclesEnded(controller, 2);
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
    expect(controller.logger.entries.map(({ message }) => message)).toContain(
      "Cycle triggered by image-updater argocd/team",
    );
    const team = { kind: "ImageUpdater", namespace: "argocd", name: "team" };
    await expect
      .poll(() => stage.cluster.get(team))
      .toMatchObject({
        status: { applicationsMatched: 1, recentUpdates: [{ newVersion: "1.1.0" }] },
      });
    const requests = stage.registry.requests.filter(({ path }) => path.includes("acme/api"));
    expect(requests).toHaveLength(asked);
  });

  it("counts its requests to the cluster, and those that failed", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    const controller = await stage.start("--interval=2m");
    await cyclesEnded(controller, 1);
    stage.cluster.setFaults([
      { resource: "applications", verb: "list", behave: "garbage", times: 1 },
    ]);
    await passInterval(stage.clock, listsOfApplications);
    const messages = (): readonly string[] =>
      controller.logger.entries.map(({ message }) => message);
    await expect.poll(() => messages().join("\n")).toContain("Could not run the cycle: ");
    await passInterval(stage.clock, listsOfApplications);
    await cyclesEnded(controller, 2);
    const { body } = await send(controller.ports.metrics, "/metrics");
    expect(body).toMatch(/k8s_api_requests_total [1-9]/u);
    expect(body).toMatch(/k8s_api_errors_total [1-9]/u);
  });

  it("works while it holds the lease, and hands it over when it is stopped", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    const first = await stage.start("--leader-election", "--enable-webhook");
    await cyclesEnded(first, 1);
    const second = await stage.start("--leader-election", "--enable-webhook");
    await expect.poll(async () => (await send(second.ports.health, "/readyz")).status).toBe(200);
    const answers = [first, second].map(({ ports }) =>
      pushWebhook(ports.webhooks, stage.registry, "acme/web", "1.1.0"),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 503]);
    await first.stop();
    await expect
      .poll(() => {
        stage.clock.advance(500);
        return second.logger.entries.map(({ message }) => message);
      })
      .toContain("Leading");
    await cyclesEnded(second, 1);
    const [lease] = stage.cluster.list("Lease");
    expect(lease?.metadata.name).toBe("c21b75f2.argoproj.io");
    await expect(send(first.ports.health, "/healthz")).rejects.toThrow("ECONNREFUSED");
  });

  it("reads registries.conf of a config map again when it changes", async () => {
    stage = await stageCluster();
    await stage.addApplication("web");
    const map = (text: string): object => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "conf" },
      data: { "registries.conf": text },
    });
    stage.cluster.put(map("registries: []\n"));
    const controller = await stage.start("--registries-conf-config-map=conf");
    await cyclesEnded(controller, 1);
    expect(await committed(stage, "web")).toBeUndefined();
    const { host, url } = stage.registry;
    const entry = `{ name: a, prefix: "${host}", api_url: "${url}", credentials: "secret:argocd/registry#login" }`;
    stage.cluster.put(map(`registries: [${entry}]\n`));
    await passInterval(stage.clock, listsOfApplications);
    await cyclesEnded(controller, 2);
    expect(await committed(stage, "web")).toContain("acme/web:1.1.0");
  });
});
