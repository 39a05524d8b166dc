import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { systemClock } from "@image-updater/core/system";
import { createMemoryLogger, type MemoryLogger } from "@image-updater/core/testing";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readConfiguration } from "../../examples/controller/src/configuration.js";
import {
  startController,
  type RunningController,
} from "../../examples/controller/src/controller.js";
import { at, listAt, textAt } from "../../examples/controller/src/manifest-fields.js";
import { createMetrics } from "../../examples/controller/src/metrics.js";
import { openInventory } from "../../examples/controller/src/open-inventory.js";
import {
  enterCluster,
  type RealCluster,
} from "../../packages/kubernetes/test/cluster/real-cluster.js";
import { applicationManifest } from "../e2e/support/application-manifest.js";
import { registriesConf } from "../e2e/support/compose-updater.js";

/** Two variables, so that nobody's cluster is written to because a shell had `KUBECONFIG` set. */
const kubeconfig = env["TEST_CLUSTER"] === "1" ? env["KUBECONFIG"] : undefined;

const FINALIZER = "resources-finalizer.argocd-image-updater.argoproj.io";

describe.skipIf(kubeconfig === undefined)("the controller on a real API server", () => {
  let cluster: RealCluster;
  let registry: OciTestServer;
  let git: GitTestServer;
  let folder = "";
  let namespace = "";
  let controller: RunningController | undefined;
  let logger: MemoryLogger;

  beforeAll(async () => {
    cluster = await enterCluster(kubeconfig ?? "");
  });

  afterAll(async () => {
    await cluster.leave();
  });

  beforeEach(async () => {
    namespace = await cluster.createNamespace();
    const tags = [{ tag: "1.0.0" }, { tag: "1.1.0" }];
    registry = await startOciRegistry({ fixture: { "acme/web": tags } });
    git = await startGitServer();
    folder = await mkdtemp(join(tmpdir(), "controller-"));
    await writeFile(join(folder, "registries.conf"), registriesConf(registry));
  });

  afterEach(async () => {
    await controller?.stop();
    await Promise.all([registry.close(), git.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  function pathOf(kind: "applications" | "imageupdaters", name = ""): string {
    const group = kind === "applications" ? "argoproj.io" : "argocd-image-updater.argoproj.io";
    return `/apis/${group}/v1alpha1/namespaces/${namespace}/${kind}${name}`;
  }

  async function create(path: string, body: object): Promise<void> {
    const answer = await cluster.api.request({ method: "POST", path, body });
    expect(answer).toMatchObject({ status: 201 });
  }

  async function read(path: string): Promise<unknown> {
    const { status, body } = await cluster.api.request({ method: "GET", path });
    return status === 404 ? undefined : body;
  }

  async function start(): Promise<void> {
    const configuration = readConfiguration(
      [
        `--kubeconfig=${kubeconfig}`,
        `--registries-conf-path=${join(folder, "registries.conf")}`,
        `--argocd-namespace=${namespace}`,
        `--watch-namespaces=${namespace}`,
        `--leader-election-namespace=${namespace}`,
        "--leader-election",
        "--git-allow-http",
        "--metrics-bind-address=0",
        "--health-probe-bind-address=0",
        "--warmup-cache=false",
      ],
      {},
    );
    logger = createMemoryLogger();
    const clock = systemClock();
    const host = { configuration, logger, metrics: createMetrics(), clock, random: Math.random };
    controller = await startController({ ...host, ...(await openInventory(host)) });
  }

  function complaints(): readonly string[] {
    return logger.entries
      .filter(({ level }) => level === "warn" || level === "error")
      .map(({ message }) => message);
  }

  it("updates, says so in a status, and lets a deleted ImageUpdater end", async () => {
    const image = `${registry.host}/acme/web`;
    const { url } = await git.createRepository("web", {
      branches: { main: { "kustomization.yaml": "resources: []\n" } },
    });
    const running = [`${image}:1.0.0`];
    const web = applicationManifest({
      name: "web",
      namespace,
      repositoryUrl: url,
      type: "Kustomize",
      running,
      annotations: {},
    });
    await create(pathOf("applications"), web);
    await create(pathOf("imageupdaters"), {
      apiVersion: "argocd-image-updater.argoproj.io/v1alpha1",
      kind: "ImageUpdater",
      metadata: { name: "team", namespace, finalizers: [FINALIZER] },
      spec: {
        writeBackConfig: { method: "git" },
        applicationRefs: [{ namePattern: "w*", images: [{ alias: "app", imageName: image }] }],
      },
    });
    await start();
    const team = pathOf("imageupdaters", "/team");
    const conditions = async (): Promise<readonly string[]> =>
      listAt(at(await read(team), "status"), "conditions").map((one) =>
        ["type", "status", "reason"].map((key) => textAt(one, key)).join(" "),
      );
    await expect.poll(conditions).toContain("Ready True ReconcileSucceeded");
    const file = await git.readFile("web", "main", ".argocd-source-web.yaml");
    expect(file).toContain("acme/web:1.1.0");
    const deleted = await cluster.api.request({ method: "DELETE", path: team });
    expect(deleted.status).toBe(200);
    await expect.poll(() => read(team)).toBeUndefined();
    await controller?.stop();
    expect(complaints()).toEqual([]);
  });

  it("leaves no event and no error when it is told to stop while it reads", async () => {
    const image = `${registry.host}/acme/web`;
    const { url } = await git.createRepository("web", {
      branches: { main: { "kustomization.yaml": "resources: []\n" } },
    });
    registry.setFaults([{ on: "tags", behave: "hang" }]);
    await create(
      pathOf("applications"),
      applicationManifest({
        name: "web",
        namespace,
        repositoryUrl: url,
        type: "Kustomize",
        running: [`${image}:1.0.0`],
        annotations: { "image-list": `app=${image}` },
      }),
    );
    await start();
    await expect
      .poll(() => registry.requests.some(({ path }) => path.includes("/tags/list")))
      .toBe(true);
    await controller?.stop();
    expect(complaints()).toEqual([]);
    const events = await read(`/api/v1/namespaces/${namespace}/events`);
    expect(listAt(events, "items")).toEqual([]);
  });
});
