import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@image-updater/core/system";
import { startKubernetesApi, type KubernetesTestApi } from "@image-updater/kubernetes/testing";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { readConfiguration } from "./configuration.js";
import { startController, type RunningController } from "./controller.js";
import { createLogger } from "./logging.js";
import { createMetrics } from "./metrics.js";
import { openInventory } from "./open-inventory.js";

/** A cluster, a registry and a Git server on loopback. */
export interface VerifyStage {
  readonly cluster: KubernetesTestApi;
  readonly registry: OciTestServer;
  readonly git: GitTestServer;
  /** Lines that the controller logged. */
  readonly lines: readonly string[];
  /** Starts the controller as `main` does, with everything on. */
  start(): Promise<RunningController>;
  close(): Promise<void>;
}

const PREFIX = "argocd-image-updater.argoproj.io";

/**
 * Starts servers that hold two Applications, `web` by Git and `api` by the Application itself. Both run
 * 1.0.0 of an image that has 1.1.0.
 */
export async function startStage(): Promise<VerifyStage> {
  const tags = [{ tag: "1.0.0" }, { tag: "1.1.0" }];
  const [registry, git, cluster, folder] = await Promise.all([
    startOciRegistry({ fixture: { "acme/web": tags, "acme/api": tags } }),
    startGitServer(),
    startKubernetesApi(),
    mkdtemp(join(tmpdir(), "controller-")),
  ]);
  const { url } = await git.createRepository("apps", {
    branches: { main: { "web/kustomization.yaml": "resources: []\n" } },
  });
  cluster.put(application("web", "git", url, `${registry.host}/acme/web`));
  cluster.put(application("api", "argocd", url, `${registry.host}/acme/api`));
  const entry = `{ name: acme, prefix: "${registry.host}", api_url: "${registry.url}" }`;
  const paths = { kubeconfig: join(folder, "kubeconfig"), conf: join(folder, "registries.conf") };
  await writeFile(paths.kubeconfig, cluster.kubeconfig());
  await writeFile(paths.conf, `registries: [${entry}]\n`);
  const lines: string[] = [];
  const write = (line: string): void => {
    lines.push(line);
    console.log(line);
  };
  return {
    cluster,
    registry,
    git,
    lines,
    start: () => startAsMain(paths, write),
    async close(): Promise<void> {
      await Promise.all([registry.close(), git.close(), cluster.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startAsMain(
  { kubeconfig, conf }: { readonly kubeconfig: string; readonly conf: string },
  write: (line: string) => void,
): Promise<RunningController> {
  const flags = [
    `--kubeconfig=${kubeconfig}`,
    `--registries-conf-path=${conf}`,
    "--git-allow-http",
    "--metrics-bind-address=127.0.0.1:0",
    "--health-probe-bind-address=127.0.0.1:0",
    "--enable-webhook",
    "--webhook-port=0",
    "--disable-tls",
  ];
  const configuration = readConfiguration(flags, { HARBOR_WEBHOOK_SECRET: "s3cret" });
  const clock = systemClock();
  const logger = createLogger({ ...configuration.logging, clock, write });
  const host = { configuration, clock, logger, metrics: createMetrics(), random: Math.random };
  return startController({ ...host, ...(await openInventory(host)) });
}

function application(
  name: string,
  method: "git" | "argocd",
  repoURL: string,
  image: string,
): object {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name,
      namespace: "argocd",
      annotations: {
        [`${PREFIX}/image-list`]: `app=${image}`,
        [`${PREFIX}/write-back-method`]: method,
      },
    },
    spec: {
      project: "default",
      source: { repoURL, path: name, targetRevision: "main" },
      destination: { server: "https://kubernetes.default.svc", namespace: name },
    },
    status: { sourceType: "Kustomize", summary: { images: [`${image}:1.0.0`] } },
  };
}
