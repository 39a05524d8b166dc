import assert from "node:assert/strict";
import {
  formatPlan,
  parseRegistriesConf,
  readApplication,
  type Application,
  type UpdateReport,
} from "@image-updater/core";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import type { DemoSettings } from "./arguments.js";
import { APPLICATION, CHART_PATH, applicationManifest, chartFiles } from "./fixture.js";
import { syncedImage } from "./sync.js";
import { createDemoUpdater } from "./updater.js";

const OVERRIDE_FILE = `${CHART_PATH}/.argocd-source-${APPLICATION}.yaml`;

/**
 * The main job from start to end, with a registry and a Git server of its own on loopback.
 *
 * Answers the exit code; throws when anything is not as it should be.
 */
export async function runEmbedded(settings: DemoSettings): Promise<number> {
  const registry = await startOciRegistry({
    fixture: { "demo/echo-server": [{ tag: "v1.0" }, { tag: "latest" }, { tag: "v0.9-rc1" }] },
  });
  const git = await startGitServer();
  try {
    await runCycles(registry, git, { ...settings, allowHttp: true });
    return 0;
  } finally {
    await Promise.all([registry.close(), git.close()]);
  }
}

async function runCycles(
  registry: OciTestServer,
  git: GitTestServer,
  settings: DemoSettings,
): Promise<void> {
  const repository = await git.createRepository("gitops", {
    branches: { main: chartFiles(registry.host) },
  });
  const conf = `registries:\n- name: Demo\n  prefix: ${registry.host}\n  api_url: ${registry.url}\n`;
  const updater = createDemoUpdater(parseRegistriesConf(conf).value ?? [], settings);

  title("1. v1.0 is running; v2.0 is pushed");
  registry.push("demo/echo-server", { tag: "v2.0", created: "2024-06-01T12:00:00Z" });
  console.log(`registry ${registry.host} has demo/echo-server:v2.0`);

  title("2. The plan");
  const running = `${registry.host}/demo/echo-server:v1.0`;
  const plan = await updater.plan([read(registry.host, repository.url, running)]);
  console.log(formatPlan(plan));

  title("3. The first cycle");
  const first = await updater.apply(plan);
  await showCommit(git);
  expectCounters(first, 1);

  title("4. Argo CD syncs");
  const synced = await syncedImage(git, CHART_PATH, OVERRIDE_FILE);
  console.log(`running now: ${synced}`);

  title("5. The second cycle");
  const second = await updater.run([read(registry.host, repository.url, synced)]);
  expectCounters(second, 0);
  assert.equal((await git.log("gitops", "main")).length, 2, "the second cycle commits nothing");
  console.log("\nEverything is up to date.");
}

function read(host: string, repositoryUrl: string, running: string): Application {
  const { value, diagnostics } = readApplication(
    applicationManifest({ host, repositoryUrl, running }),
  );
  assert.ok(value, JSON.stringify(diagnostics));
  return value;
}

async function showCommit(git: GitTestServer): Promise<void> {
  const [commit] = await git.log("gitops", "main");
  assert.ok(commit, "there is a commit");
  console.log(`\ncommit ${commit.id}\nAuthor: ${commit.author} <${commit.email}>\n`);
  console.log(commit.message.trimEnd().replaceAll(/^/gmu, "    "));
  console.log(`\n${OVERRIDE_FILE}:\n${await git.readFile("gitops", "main", OVERRIDE_FILE)}`);
}

function expectCounters({ counters }: UpdateReport, imagesUpdated: number): void {
  const expected = {
    applications: 1,
    imagesConsidered: 1,
    imagesSkipped: 0,
    imagesUpdated,
    errors: 0,
  };
  assert.deepEqual(counters, expected);
}

function title(text: string): void {
  console.log(`\n=== ${text}\n`);
}
