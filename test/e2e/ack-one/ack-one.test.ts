import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createMemoryLogger, createTestClock } from "@image-updater/core/testing";
import { startKubernetesApi, type KubernetesTestApi } from "@image-updater/kubernetes/testing";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import {
  createTlsAuthority,
  startGitServer,
  startSshGitServer,
  startTlsFront,
  type GitTestServer,
  type SshGitTestServer,
} from "@image-updater/writeback-git/testing";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfiguration } from "../../../examples/controller/src/configuration.js";
import { runOnce } from "../../../examples/controller/src/controller.js";
import { createMetrics } from "../../../examples/controller/src/metrics.js";
import { openInventory } from "../../../examples/controller/src/open-inventory.js";
import { requireProgram } from "../../real-servers.js";
import { routeHosts } from "./routed-hosts.js";

const ACR = "registry-vpc.cn-hangzhou.aliyuncs.com";
const isMissing = [
  requireProgram("git"),
  requireProgram("sshd", "openssh-server"),
  requireProgram("openssl"),
].includes(undefined);

// The pipeline that Alibaba Cloud's documentation builds with ACK One GitOps and ACR: its manifests as
// they are, run by the example controller.
describe.skipIf(isMissing)("the ACK One walk-through", () => {
  const closers: (() => Promise<unknown>)[] = [];
  let cluster: KubernetesTestApi;
  let git: GitTestServer;
  let ssh: SshGitTestServer;
  let acr: OciTestServer;
  let sshUrl: string;
  const logger = createMemoryLogger();

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "ack-one-"));
    const authority = await createTlsAuthority();
    const hosts = [ACR, "registry-1.docker.io", "git.example.com", "code.example.com"];
    const issued = await authority.issue({ hosts: [...hosts, "127.0.0.1"] });
    const tls = { key: issued.key, cert: issued.certificate };
    acr = await startOciRegistry({
      tls,
      auth: { username: "robot", password: "acr-password", scheme: "basic" },
      fixture: {
        "demo/echo-server": builds("v1.0", "v2.0"),
        "demo/rollouts-demo": [...builds("v1", "v2"), { tag: "latest", created: at(9) }],
        "demo/web": builds("release-1", "release-2"),
      },
    });
    const hub = await startOciRegistry({
      tls,
      auth: { username: "hub", password: "hub-password", scheme: "basic" },
      fixture: { "team/cache": builds("7.0", "7.1") },
    });
    git = await startGitServer();
    ssh = await startSshGitServer();
    const argocd = await startTlsFront(git.url, { ...issued, authorize: basic("argocd") });
    const writer = await startTlsFront(git.url, { ...issued, authorize: basic("writer") });
    const unroute = routeHosts(
      {
        [ACR]: portOf(acr.url),
        "registry-1.docker.io": portOf(hub.url),
        "git.example.com": portOf(argocd.url),
        "code.example.com": portOf(writer.url),
      },
      authority.certificate,
    );
    cluster = await startKubernetesApi();
    const servers = [acr, hub, argocd, writer, git, ssh, cluster, authority];
    closers.push(unroute, ...servers.map((server) => () => server.close()));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    await fillRepositories();
    await fillCluster();
    await writeFile(join(folder, "kubeconfig"), cluster.kubeconfig());
    await writeFile(join(folder, "known_hosts"), ssh.knownHosts);
    await runController(folder);
  });

  afterAll(async () => {
    for (const close of closers) await close();
  });

  async function fillRepositories(): Promise<void> {
    const chart = "image:\n  repository: demo/echo-server\n  tag: v1.0\n";
    await git.createRepository("team/gitops-demo", {
      branches: { main: { "manifests/helm/values.yaml": chart } },
    });
    const { url } = await ssh.createRepository("team/gitops-ssh", {
      branches: { main: { "manifests/helm/values.yaml": chart } },
    });
    sshUrl = url;
    const overlay = "resources:\n- ../../base\n";
    await git.createRepository("team/environments", {
      branches: {
        main: Object.fromEntries(
          ENVIRONMENTS.map((name) => [`overlays/${name}/kustomization.yaml`, overlay]),
        ),
      },
    });
  }

  async function fillCluster(): Promise<void> {
    const privateKey = JSON.stringify(ssh.credential.privateKey);
    const scp = "git@git.example.com:team/gitops-ssh.git";
    for (const file of ["registries-conf", "secrets", "applications"]) {
      const text = await readFile(new URL(`${file}.yaml`, import.meta.url), "utf8");
      const here = text.replaceAll(scp, sshUrl).replace("SSH_PRIVATE_KEY", privateKey);
      for (const manifest of loadAll(here)) cluster.put(withStatus(manifest as Manifest));
    }
  }

  async function runController(folder: string): Promise<void> {
    const configuration = readConfiguration(
      [
        "--once",
        `--kubeconfig=${join(folder, "kubeconfig")}`,
        "--registries-conf-config-map=argocd-image-updater-config",
        `--ssh-known-hosts-path=${join(folder, "known_hosts")}`,
      ],
      {},
    );
    const clock = createTestClock();
    const host = { configuration, logger, metrics: createMetrics(), clock, random: () => 0 };
    const parts = { ...host, ...(await openInventory(host)) };
    const running = runOnce(parts, new AbortController().signal).then(() => "over");
    // Requests wait for the rate of their registry, on the clock of the test.
    while ((await Promise.race([running, setTimeout(5, "runs")])) === "runs") {
      if (clock.pending > 0) clock.advance(100);
    }
  }

  const read = (path: string, repository = "team/gitops-demo"): Promise<string | undefined> =>
    git.readFile(repository, "main", path);

  it("ends without an error, and says that the strategy has another name today", () => {
    const told = logger.entries.filter(({ level }) => level === "error" || level === "warn");
    const problems = told.map(({ message }) => message);
    expect(problems.filter((message) => !message.includes('"latest" is deprecated'))).toEqual([]);
    expect(problems).toHaveLength(9);
    expect(logger.entries.at(-1)?.message).toBe(
      "Processing results: applications=7 images_considered=9 images_skipped=0 images_updated=9 errors=0",
    );
  });

  it("writes the override file, with the password of the repository secret", async () => {
    expect(await read("manifests/helm/.argocd-source-gitops-demo.yaml")).toBe(
      parameters(["image.repository", `${ACR}/demo/echo-server`], ["image.tag", "v2.0"]),
    );
  });

  it("writes it over SSH, with the key of the repository secret", async () => {
    const path = "manifests/helm/.argocd-source-gitops-ssh.yaml";
    expect(await ssh.readFile("team/gitops-ssh", "main", path)).toBe(
      parameters(["image.repository", `${ACR}/demo/echo-server`], ["image.tag", "v2.0"]),
    );
  });

  it.each(ENVIRONMENTS)(
    "writes the kustomization of %s, synchronised by itself or not",
    async (name) => {
      expect(await read(`overlays/${name}/kustomization.yaml`, "team/environments")).toBe(
        `resources:\n- ../../base\nimages:\n- name: ${IMAGE}\n  newName: ${IMAGE}\n  newTag: v2\n`,
      );
    },
  );

  it("writes both images, the one of Docker Hub with its pull secret", async () => {
    expect(await read("guestbook/helm/.argocd-source-guestbook.yaml")).toBe(
      parameters(
        ["cache.image.repository", "team/cache"],
        ["cache.image.tag", '"7.1"'],
        ["web.image.repository", `${ACR}/demo/web`],
        ["web.image.tag", "release-2"],
      ),
    );
  });

  it("patches the Application, by the strategy of all its images", () => {
    const name = { kind: "Application", namespace: "argocd", name: "live-demo" };
    expect(cluster.get(name)).toMatchObject({
      spec: {
        source: {
          helm: {
            valueFiles: ["values.yaml"],
            parameters: [
              { name: "web.repository", value: `${ACR}/demo/web`, forceString: true },
              { name: "web.tag", value: "release-2", forceString: true },
              { name: "echo.repository", value: `${ACR}/demo/echo-server`, forceString: true },
              { name: "echo.tag", value: "v2.0", forceString: true },
            ],
          },
        },
      },
    });
  });
});

const IMAGE = `${ACR}/demo/rollouts-demo`;
const ENVIRONMENTS = ["dev", "staging", "production"] as const;

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** What runs, as Argo CD would report it. */
function withStatus(manifest: Manifest): object {
  if (manifest.kind !== "Application") return manifest;
  const { name } = manifest.metadata;
  const isKustomize = name.startsWith("rollouts-demo");
  const images = isKustomize
    ? [`${ACR}/demo/rollouts-demo:v1`]
    : [`${ACR}/demo/echo-server:v1.0`, `${ACR}/demo/web:release-1`, "team/cache:7.0"];
  return {
    ...manifest,
    status: { sourceType: isKustomize ? "Kustomize" : "Helm", summary: { images } },
  };
}

function builds(...tags: readonly string[]): readonly { tag: string; created: string }[] {
  return tags.map((tag, index) => ({ tag, created: at(index + 1) }));
}

function at(day: number): string {
  return `2024-03-0${day}T00:00:00Z`;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** Lets only one user in, by the password of the walk-through's secrets. */
function basic(user: string): (authorization: string | undefined) => boolean {
  const expected = `Basic ${Buffer.from(`${user}:${user}-password`).toString("base64")}`;
  return (authorization) => authorization === expected;
}

function parameters(...entries: readonly (readonly [name: string, value: string])[]): string {
  const lines = entries.map(
    ([name, value]) => `  - name: ${name}\n    value: ${value}\n    forcestring: true\n`,
  );
  return `helm:\n  parameters:\n${lines.join("")}`;
}
