import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withAnnotations } from "../support/application-manifest.js";
import { registriesConf } from "../support/compose-updater.js";
import { cyclesEnded } from "./support/cycles-ended.js";
import { passInterval } from "./support/pass-interval.js";
import { pushWebhook } from "./support/push-webhook.js";
import { send } from "./support/send.js";
import { overrideOf, stageController, type ControllerStage } from "./support/stage-controller.js";

describe("the controller on a folder", () => {
  let stage: ControllerStage;

  beforeEach(async () => {
    stage = await stageController();
  });

  afterEach(async () => {
    await stage.close();
  });

  function newest(name: string, tag: string): string {
    const image = `${stage.registry.host}/acme/${name}:${tag}`;
    return `kustomize:\n  images:\n  - ${image}\n`;
  }

  it("updates by Git, and by a patch in memory that it logs", async () => {
    await stage.addApplication("web");
    await stage.addApplication("api", { annotations: { "write-back-method": "argocd" } });
    const report = await stage.runOnce();
    expect(report.counters).toMatchObject({ applications: 2, imagesUpdated: 2, errors: 0 });
    expect(await overrideOf(stage, "web")).toBe(newest("web", "1.1.0"));
    expect(await overrideOf(stage, "api")).toBeUndefined();
    const logged = stage.logger.entries.find(({ message }) => message.startsWith("The file stays"));
    expect(logged).toMatchObject({ level: "info", fields: { application: "api" } });
    expect(logged?.message).toContain("acme/api:1.1.0");
  });

  it("writes nothing in a dry run", async () => {
    await stage.addApplication("web");
    const report = await stage.runOnce("--dry-run");
    expect(report.counters.imagesUpdated).toBe(1);
    expect(await overrideOf(stage, "web")).toBeUndefined();
    expect(stage.lines()).toContain("info Dry run - not committing 1 changes to application");
  });

  it("takes only what the filters take", async () => {
    await stage.addApplication("web");
    await stage.addApplication("api");
    const report = await stage.runOnce("--match-application-name=w*");
    expect(report.applications.map(({ application }) => application.name)).toEqual(["web"]);
  });

  it("leaves out a file that is wrong, and says which", async () => {
    await stage.addApplication("web");
    await stage.write("applications/broken.yaml", "a: [");
    const report = await stage.runOnce();
    expect(report.counters).toMatchObject({ applications: 1, imagesUpdated: 1 });
    expect(stage.lines().join("\n")).toMatch(/^error .*broken\.yaml is left out/mu);
  });

  it("has an ImageUpdater of the folder take an Application", async () => {
    const image = `${stage.registry.host}/acme/web`;
    await stage.addApplication("web", { annotations: { "app.allow-tags": "regexp:^never$" } });
    await stage.addApplication("api");
    await stage.write("applications/updater.yaml", {
      apiVersion: "argocd-image-updater.argoproj.io/v1alpha1",
      kind: "ImageUpdater",
      metadata: { name: "team", namespace: "argocd" },
      spec: {
        writeBackConfig: { method: "git" },
        applicationRefs: [{ namePattern: "web*", images: [{ alias: "web", imageName: image }] }],
      },
    });
    const report = await stage.runOnce();
    expect(report.counters).toMatchObject({ applications: 2, imagesUpdated: 2 });
    expect(await overrideOf(stage, "web")).toBe(newest("web", "1.1.0"));
    const fields = {
      application: "web",
      imageUpdater_name: "team",
      imageUpdater_namespace: "argocd",
    };
    expect(stage.logger.entries).toContainEqual({
      level: "info",
      fields,
      message: "Committing 1 parameter update(s) for application web",
    });
    const status = stage.logger.entries.findLast(({ message }) => message.startsWith("Status"));
    expect(status?.message).toContain('"applicationsMatched":1');
    expect(status?.message).toContain('"reason":"ReconcileSucceeded"');
  });

  it("reads registries.conf from a config map of the folder, and credentials from a secret", async () => {
    await stage.close();
    const login = { username: "reader", password: "of-images" };
    stage = await stageController({ auth: login });
    await stage.addApplication("web");
    const credentials = "secret:argocd/registry#login";
    await stage.write("applications/conf.yaml", {
      kind: "List",
      items: [
        {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "conf" },
          data: { "registries.conf": registriesConf({ ...stage.registry, credentials }) },
        },
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "registry" },
          data: { login: Buffer.from("reader:of-images").toString("base64") },
        },
      ],
    });
    const report = await stage.runOnce("--registries-conf-config-map=conf");
    expect(report.counters).toMatchObject({ imagesUpdated: 1, errors: 0 });
    const refused = await stage.runOnce();
    expect(refused.counters).toMatchObject({ imagesUpdated: 0, errors: 1 });
    expect(stage.lines().join()).not.toContain(login.password);
  });

  const cyclesBegun = (): number =>
    stage.lines().filter((line) => line.includes("Starting image update cycle")).length;

  it("has cycles at intervals, and metrics of them", async () => {
    await stage.addApplication("web");
    const controller = await stage.start("--interval=2m");
    await cyclesEnded(stage, 1);
    stage.registry.push("acme/web", { tag: "1.2.0" });
    await passInterval(stage.clock, cyclesBegun);
    await cyclesEnded(stage, 2);
    expect(await overrideOf(stage, "web")).toBe(newest("web", "1.2.0"));
    const { body } = await send(controller.ports.metrics, "/metrics");
    expect(body).toMatch(/images_updated_total\{[^}]*\} 2$/mu);
    expect(body).toMatch(/images_watched_total\{[^}]*\} 1$/mu);
    expect(body).toMatch(/registry_requests_total\{registry="127.0.0.1:\d+"\} [1-9]/mu);
  });

  it("is alive at once, and ready after a warm-up that writes nothing", async () => {
    await stage.addApplication("web");
    stage.registry.setFaults([{ on: "tags", behave: "hang" }]);
    const controller = await stage.start("--warmup-cache", "--interval=-1s");
    const { health } = controller.ports;
    await expect.poll(() => stage.requestsFor("acme/web")).toBeGreaterThan(0);
    expect((await send(health, "/healthz")).status).toBe(200);
    expect(await send(health, "/readyz")).toMatchObject({ status: 503, body: "warming up\n" });
    stage.registry.setFaults([]);
    // The read that hangs is given up in time.
    stage.clock.advance(120_000);
    await expect.poll(async () => (await send(health, "/readyz")).status).toBe(200);
  });

  it("warms up by deciding, and writes nothing by it", async () => {
    await stage.addApplication("web");
    const controller = await stage.start("--warmup-cache", "--interval=-1s");
    const isReady = async (): Promise<boolean> =>
      (await send(controller.ports.health, "/readyz")).status === 200;
    await expect.poll(isReady).toBe(true);
    await controller.stop();
    expect(stage.lines()).toContain("info Finished cache warm-up for 1 application(s)");
    expect(stage.lines().join("\n")).toMatch(/^debug Setting new image to .*acme\/web:1\.1\.0$/mu);
    expect(await overrideOf(stage, "web")).toBeUndefined();
  });

  it("looks at no other images than those a webhook is about", async () => {
    await stage.addApplication("web");
    await stage.addApplication("api");
    const controller = await stage.start("--enable-webhook");
    await cyclesEnded(stage, 1);
    const asked = stage.requestsFor("acme/api");
    for (const name of ["web", "api"]) stage.registry.push(`acme/${name}`, { tag: "1.2.0" });
    const { webhooks } = controller.ports;
    expect((await pushWebhook(webhooks, stage.registry, "acme/web", "1.2.0")).status).toBe(200);
    await cyclesEnded(stage, 2);
    expect(await overrideOf(stage, "web")).toBe(newest("web", "1.2.0"));
    expect(await overrideOf(stage, "api")).toBe(newest("api", "1.1.0"));
    expect(stage.requestsFor("acme/api")).toBe(asked);
    await passInterval(stage.clock, cyclesBegun);
    await cyclesEnded(stage, 3);
    expect(await overrideOf(stage, "api")).toBe(newest("api", "1.2.0"));
  });

  it("looks at an Application again when its file changes, and at no other", async () => {
    const manifest = await stage.addApplication("web", {
      annotations: { "app.allow-tags": "regexp:^1[.]0" },
    });
    await stage.addApplication("api");
    await stage.start();
    await cyclesEnded(stage, 1);
    const asked = stage.requestsFor("acme/api");
    const changed = withAnnotations(manifest, { "app.allow-tags": "any" });
    await stage.write("applications/web.json", changed);
    await expect.poll(() => overrideOf(stage, "web")).toBe(newest("web", "1.1.0"));
    expect(stage.lines()).toContain("info Cycle triggered by application argocd/web");
    expect(stage.requestsFor("acme/api")).toBe(asked);
  });

  it("reads registries.conf again, and keeps the last good one", async () => {
    await stage.addApplication("web");
    await stage.write("registries.conf", "registries: []\n");
    await stage.start();
    await cyclesEnded(stage, 1);
    expect(await overrideOf(stage, "web")).toBeUndefined();
    await stage.write("registries.conf", registriesConf(stage.registry));
    await passInterval(stage.clock, cyclesBegun);
    await cyclesEnded(stage, 2);
    expect(await overrideOf(stage, "web")).toBe(newest("web", "1.1.0"));
    await stage.write("registries.conf", "registries: [{}]\n");
    stage.registry.push("acme/web", { tag: "1.2.0" });
    for (const count of [3, 4]) {
      await passInterval(stage.clock, cyclesBegun);
      await cyclesEnded(stage, count);
    }
    expect(await overrideOf(stage, "web")).toBe(newest("web", "1.2.0"));
    const complaints = stage.lines().filter((line) => line.startsWith("error registries.conf:"));
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain("what was read before stays in use");
  });

  it("does not start with a registries.conf that is wrong, or missing where it is named", async () => {
    await stage.write("registries.conf", "registries: [{}]\n");
    await expect(stage.start()).rejects.toThrow(/^registries\.conf: .*name/u);
    await expect(stage.start("--registries-conf-path=/no/such/file")).rejects.toThrow(
      "/no/such/file",
    );
  });

  it("uses the commit template of a file", async () => {
    await stage.addApplication("web");
    await stage.write(
      "commit.template",
      "update {{ .AppName }} of {{ range .AppChanges }}{{ .Image }}{{ end }}",
    );
    await stage.runOnce(
      `--git-commit-message-path=${stage.folder}/commit.template`,
      "--git-commit-user=bot",
      "--git-commit-email=bot@example.com",
      "--git-commit-sign-off",
    );
    const [commit] = await stage.git.log("web", "main");
    expect(commit).toMatchObject({ author: "bot", email: "bot@example.com" });
    expect(commit?.message).toBe(
      "update web of acme/web\n\nSigned-off-by: bot <bot@example.com>\n",
    );
  });

  it("signs commits with the key of a file", async () => {
    await stage.addApplication("web");
    const { privateKey } = generateKeyPairSync("ed25519");
    await stage.write("key", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    await stage.runOnce(
      `--git-commit-signing-key=${stage.folder}/key`,
      "--git-commit-signing-method=ssh",
    );
    const commit = (await stage.git.git("web", ["cat-file", "commit", "main"])).toString("utf8");
    expect(commit).toContain("gpgsig -----BEGIN SSH SIGNATURE-----");
  });

  it("does not start without the key that it was told of", async () => {
    const flag = "--git-commit-signing-key=/no/such/key";
    await expect(stage.start(flag)).rejects.toThrow("/no/such/key");
  });

  it("finishes the push that runs when it is stopped, and begins nothing else", async () => {
    await stage.addApplication("web");
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let arrived = false;
    const before = async (): Promise<void> => {
      arrived = true;
      await held;
    };
    stage.git.setFaults([{ service: "git-receive-pack", before }]);
    const controller = await stage.start();
    await expect.poll(() => arrived).toBe(true);
    const stopping = controller.stop();
    await stage.addApplication("api");
    release();
    await stopping;
    expect(await overrideOf(stage, "web")).toBe(newest("web", "1.1.0"));
    expect(stage.lines().at(-1)).toMatch(/^info Processing results: .*images_updated=1 errors=0$/u);
    expect(stage.requestsFor("acme/api")).toBe(0);
  });
});
