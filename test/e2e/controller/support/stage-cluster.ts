import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createMemoryLogger,
  createTestClock,
  type MemoryLogger,
  type TestClock,
} from "@image-updater/core/testing";
import {
  startKubernetesApi,
  type KubernetesTestApi,
  type KubernetesTestOptions,
} from "@image-updater/kubernetes/testing";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { readConfiguration } from "../../../../examples/controller/src/configuration.js";
import {
  startController,
  type RunningController,
} from "../../../../examples/controller/src/controller.js";
import { createMetrics } from "../../../../examples/controller/src/metrics.js";
import { openInventory } from "../../../../examples/controller/src/open-inventory.js";
import { applicationManifest, type ManifestSettings } from "../../support/application-manifest.js";
import { registriesConf } from "../../support/compose-updater.js";
import { WEBHOOK_SECRET } from "./push-webhook.js";

const REGISTRY_LOGIN = { username: "reader", password: "of-images" };
const GIT_LOGIN = { username: "bot", password: "of-git" };

/** A cluster, a registry and a Git server that want credentials, and controllers between them. */
export interface ClusterStage {
  readonly cluster: KubernetesTestApi;
  readonly registry: OciTestServer;
  readonly git: GitTestServer;
  readonly clock: TestClock;
  readonly kubeconfig: string;
  readonly registriesConf: string;
  /** An Application that runs 1.0.0 of `acme/<name>`. */
  addApplication(name: string, settings?: Partial<ManifestSettings>): Promise<void>;
  /** Starts a controller with more flags; without warm-up and lease unless they say so. */
  start(...flags: readonly string[]): Promise<StartedController>;
  close(): Promise<void>;
}

/** A controller, what it logged, and its clock, which it shares with the others of the stage. */
interface StartedController extends RunningController {
  /** Stops it while time goes by, so that no retry on the way is waited for in vain. */
  stop(): Promise<void>;
  readonly logger: MemoryLogger;
  readonly clock: TestClock;
}

/**
 * Starts servers; `acme/web` and `acme/api` have 1.0.0 and 1.1.0. Secrets in the cluster hold the
 * credentials of both.
 */
export async function stageCluster(options: KubernetesTestOptions = {}): Promise<ClusterStage> {
  const tags = [{ tag: "1.0.0" }, { tag: "1.1.0" }];
  const [registry, git, cluster] = await Promise.all([
    startOciRegistry({
      fixture: { "acme/web": tags, "acme/api": tags },
      auth: { ...REGISTRY_LOGIN, scheme: "basic" },
    }),
    startGitServer({ auth: GIT_LOGIN }),
    startKubernetesApi(options),
  ]);
  cluster.put(
    secret("registry", { login: `${REGISTRY_LOGIN.username}:${REGISTRY_LOGIN.password}` }, {}),
  );
  cluster.put(secret("git", { url: git.url, ...GIT_LOGIN }, REPOSITORY_LABELS));
  const folder = await mkdtemp(join(tmpdir(), "controller-"));
  const paths = { kubeconfig: join(folder, "kubeconfig"), conf: join(folder, "registries.conf") };
  await writeFile(paths.kubeconfig, cluster.kubeconfig());
  const credentials = "secret:argocd/registry#login";
  await writeFile(paths.conf, registriesConf({ ...registry, credentials }));
  const clock = createTestClock();
  const started: RunningController[] = [];

  return {
    cluster,
    registry,
    git,
    clock,
    kubeconfig: paths.kubeconfig,
    registriesConf: paths.conf,
    async addApplication(name, settings = {}): Promise<void> {
      const image = `${registry.host}/acme/${name}`;
      const { url } = await git.createRepository(name, {
        branches: { main: { "kustomization.yaml": "resources: []\n" } },
      });
      cluster.put(
        applicationManifest({
          name,
          repositoryUrl: url,
          type: "Kustomize",
          running: [`${image}:1.0.0`],
          ...settings,
          annotations: { "image-list": `app=${image}`, ...settings.annotations },
        }),
      );
    },
    async start(...flags): Promise<StartedController> {
      const configuration = readConfiguration(
        [
          `--kubeconfig=${paths.kubeconfig}`,
          `--registries-conf-path=${paths.conf}`,
          "--git-allow-http",
          "--metrics-bind-address=127.0.0.1:0",
          "--health-probe-bind-address=127.0.0.1:0",
          "--warmup-cache=false",
          "--leader-election=false",
          "--webhook-port=0",
          "--disable-tls",
          ...flags,
        ],
        { HARBOR_WEBHOOK_SECRET: WEBHOOK_SECRET },
      );
      const logger = createMemoryLogger();
      const host = { configuration, logger, metrics: createMetrics(), clock, random: () => 0 };
      const controller = await startController({ ...host, ...(await openInventory(host)) });
      started.push(controller);
      return { ...controller, stop: () => stopAll([controller], clock), logger, clock };
    },
    async close(): Promise<void> {
      await stopAll(started, clock);
      await Promise.all([registry.close(), git.close(), cluster.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Stops controllers, and lets time go by for those that wait before they ask the cluster again. */
async function stopAll(controllers: readonly RunningController[], clock: TestClock): Promise<void> {
  const passing = setInterval(() => clock.advance(500), 5);
  try {
    await Promise.all(controllers.map((controller) => controller.stop()));
  } finally {
    clearInterval(passing);
  }
}

/** How Argo CD marks the credentials of many repositories. */
const REPOSITORY_LABELS = { "argocd.argoproj.io/secret-type": "repo-creds" };

function secret(
  name: string,
  stringData: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): object {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, labels }, stringData };
}

/** The override file of {@link ClusterStage.addApplication} at the tip of the branch. */
export function committed(
  { git }: Pick<ClusterStage, "git">,
  name: string,
): Promise<string | undefined> {
  return git.readFile(name, "main", `.argocd-source-${name}.yaml`);
}

/** An ImageUpdater that takes the Applications of a pattern, for one image. */
export function imageUpdater(name: string, namePattern: string, imageName: string): object {
  return {
    apiVersion: "argocd-image-updater.argoproj.io/v1alpha1",
    kind: "ImageUpdater",
    metadata: { name, namespace: "argocd" },
    spec: {
      writeBackConfig: { method: "git" },
      applicationRefs: [{ namePattern, images: [{ alias: "app", imageName }] }],
    },
  };
}
