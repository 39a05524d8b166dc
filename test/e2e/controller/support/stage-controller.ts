import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createMemoryLogger,
  createTestClock,
  type MemoryLogger,
  type TestClock,
} from "@image-updater/core/testing";
import {
  startOciRegistry,
  type OciTestOptions,
  type OciTestServer,
} from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { readConfiguration } from "../../../../examples/controller/src/configuration.js";
import {
  runOnce,
  startController,
  type ControllerParts,
  type RunningController,
} from "../../../../examples/controller/src/controller.js";
import { createMetrics } from "../../../../examples/controller/src/metrics.js";
import { openInventory } from "../../../../examples/controller/src/open-inventory.js";
import type { UpdateReport } from "@image-updater/core";
import { registriesConf } from "../../support/compose-updater.js";
import {
  applicationManifest,
  type ApplicationManifest,
  type ManifestSettings,
} from "../../support/application-manifest.js";
import { WEBHOOK_SECRET } from "./push-webhook.js";

/** A registry, a Git server and a folder of manifests, and the controller between them. */
export interface ControllerStage {
  readonly registry: OciTestServer;
  readonly git: GitTestServer;
  readonly folder: string;
  readonly logger: MemoryLogger;
  readonly clock: TestClock;
  /** Writes a file into the folder; what is not text is written as JSON. */
  write(file: string, content: string | object): Promise<void>;
  /** An Application that runs 1.0.0 of `acme/<name>`, and its repository. */
  addApplication(name: string, settings?: Partial<ManifestSettings>): Promise<ApplicationManifest>;
  /** Starts it with more flags; without warm-up unless they say so. */
  start(...flags: readonly string[]): Promise<RunningController>;
  runOnce(...flags: readonly string[]): Promise<UpdateReport>;
  /** The lines that were logged, as `level message`. */
  lines(): readonly string[];
  /** How many requests the registry got for a repository. */
  requestsFor(repository: string): number;
  close(): Promise<void>;
}

/** Starts servers; `acme/web` and `acme/api` have 1.0.0 and 1.1.0. */
export async function stageController(
  options: Pick<OciTestOptions, "auth"> = {},
): Promise<ControllerStage> {
  const tags = [{ tag: "1.0.0" }, { tag: "1.1.0" }];
  const [registry, git] = await Promise.all([
    startOciRegistry({ fixture: { "acme/web": tags, "acme/api": tags }, ...options }),
    startGitServer(),
  ]);
  const folder = await mkdtemp(join(tmpdir(), "controller-"));
  const applications = join(folder, "applications");
  await mkdir(applications);
  await writeFile(join(folder, "registries.conf"), registriesConf(registry));
  const logger = createMemoryLogger();
  const clock = createTestClock();
  const started: RunningController[] = [];

  async function compose(flags: readonly string[]): Promise<ControllerParts> {
    const configuration = readConfiguration(
      [
        `--applications-dir=${applications}`,
        `--registries-conf-path=${join(folder, "registries.conf")}`,
        "--git-allow-http",
        "--metrics-bind-address=127.0.0.1:0",
        "--health-probe-bind-address=127.0.0.1:0",
        "--warmup-cache=false",
        "--webhook-port=0",
        "--disable-tls",
        ...flags,
      ],
      { HARBOR_WEBHOOK_SECRET: WEBHOOK_SECRET },
    );
    const metrics = createMetrics();
    const parts = { configuration, metrics, logger, clock, random: (): number => 0 };
    return { ...parts, ...(await openInventory(parts)) };
  }

  return {
    registry,
    git,
    folder,
    logger,
    clock,
    async write(file, content): Promise<void> {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      await writeFile(join(folder, file), text);
    },
    async addApplication(name, settings = {}): Promise<ApplicationManifest> {
      const image = `${registry.host}/acme/${name}`;
      const { url } = await git.createRepository(name, {
        branches: { main: { "kustomization.yaml": "resources: []\n" } },
      });
      const manifest = applicationManifest({
        name,
        repositoryUrl: url,
        type: "Kustomize",
        running: [`${image}:1.0.0`],
        ...settings,
        annotations: { "image-list": `app=${image}`, ...settings.annotations },
      });
      await writeFile(join(applications, `${name}.json`), JSON.stringify(manifest));
      return manifest;
    },
    async start(...flags): Promise<RunningController> {
      const controller = await startController(await compose(flags));
      started.push(controller);
      return controller;
    },
    runOnce: async (...flags) =>
      runOnce(await compose(["--once", ...flags]), new AbortController().signal),
    lines: () => logger.entries.map(({ level, message }) => `${level} ${message}`),
    requestsFor: (repository) =>
      registry.requests.filter(({ path }) => path.includes(`/${repository}/`)).length,
    async close(): Promise<void> {
      await Promise.all(started.map((controller) => controller.stop()));
      await Promise.all([registry.close(), git.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The override file of {@link ControllerStage.addApplication} at the tip of the branch. */
export function overrideOf({ git }: ControllerStage, name: string): Promise<string | undefined> {
  return git.readFile(name, "main", `.argocd-source-${name}.yaml`);
}
