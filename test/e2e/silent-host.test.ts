import { createServer, type Server, type Socket } from "node:net";
import type { Application, ObservedEvent, UpdateReport } from "@image-updater/core";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { startGitServer, type GitTestServer } from "@image-updater/writeback-git/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applicationManifest, readManifest } from "./support/application-manifest.js";
import { composeUpdater, registriesConf, type UpdaterParts } from "./support/compose-updater.js";
import { chartFiles } from "./support/render-helm.js";

/** Takes connections and whatever is sent on them, and never answers. */
interface SilentHost {
  readonly url: string;
  readonly host: string;
  /** The request lines that came. */
  readonly asked: string[];
  /** Ends it, and every connection that somebody still waits on. */
  stop(): Promise<void>;
}

const DEAD_IMAGES = 25;
/** Long enough for anything on any machine; what is awaited ends it. */

let registry: OciTestServer;
let git: GitTestServer;
let silent: SilentHost;

beforeEach(async () => {
  const fixture = {
    "team/good": [
      { tag: "1.0.0", created: "2024-01-01T00:00:00Z" },
      { tag: "1.1.0", created: "2024-02-01T00:00:00Z" },
    ],
  };
  [registry, git, silent] = await Promise.all([
    startOciRegistry({ fixture }),
    startGitServer(),
    startSilentHost(),
  ]);
});

afterEach(async () => {
  await Promise.all([silent.stop(), registry.close(), git.close()]);
});

async function startSilentHost(): Promise<SilentHost> {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    socket.on("data", (bytes) => void asked.push(bytes.toString("latin1").split("\r\n")[0] ?? ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const host = `127.0.0.1:${address.port}`;
  return {
    url: `http://${host}`,
    host,
    asked,
    async stop(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** An application in the repository, with one image at 1.0.0. */
function appOf(
  name: string,
  image: string,
  repositoryUrl: string,
  more: Readonly<Record<string, string>> = {},
): Application {
  const manifest = applicationManifest({
    name,
    repositoryUrl,
    path: "chart",
    running: [`${image}:1.0.0`],
    annotations: {
      "image-list": `app=${image}`,
      "app.helm.image-name": "app.name",
      "app.helm.image-tag": "app.tag",
      ...more,
    },
  });
  return readManifest(manifest);
}

async function createRepository(name: string): Promise<string> {
  const values = `app: { name: x, tag: 1.0.0 }\n`;
  const files = chartFiles("chart", values, ["{{ .Values.app.name }}:{{ .Values.app.tag }}"]);
  return (await git.createRepository(name, { branches: { main: files } })).url;
}

function deadApplications(repositoryUrl: string): readonly Application[] {
  return Array.from({ length: DEAD_IMAGES }, (_, index) =>
    appOf(`dead-${index}`, `${silent.host}/team/dead-${index}`, repositoryUrl),
  );
}

function start(applications: readonly Application[], settings: UpdaterParts["settings"] = {}) {
  const events: ObservedEvent[] = [];
  const updater = composeUpdater({
    registriesConf: registriesConf(registry, silent),
    settings: { observer: { observe: (event) => void events.push(event) }, ...settings },
  });
  const running: Promise<UpdateReport> = updater.run(applications);
  return { events, running };
}

describe("a registry that takes connections and never answers", () => {
  it.each([
    ["a repository of its own", "alone"],
    ["the branch of the images that wait", "shared"],
  ])("holds up no application in %s", async (_where, repository) => {
    const url = await createRepository("shared");
    const goodUrl = repository === "shared" ? url : await createRepository("alone");
    const good = appOf("good", `${registry.host}/team/good`, goodUrl);
    const { events, running } = start([...deadApplications(url), good], { batchWaitMs: 50 });

    await expect.poll(() => silent.asked.length).toBeGreaterThan(0);
    await expect
      .poll(() => events)
      .toContainEqual({ kind: "change-written", application: "argocd/good", result: "written" });
    expect(await git.log(repository, "main")).toHaveLength(2);
    // Nobody has given the silent one up: the commit came while it was still waited for.
    expect(events).not.toContainEqual({ kind: "registry-read", host: silent.host, failed: true });

    await silent.stop();
    const report = await running;
    expect(report.counters).toMatchObject({ imagesUpdated: 1, errors: DEAD_IMAGES });
  });

  it("is waited for once, and is then known as down", async () => {
    const url = await createRepository("shared");
    const { events, running } = start(deadApplications(url), { timeouts: { registry: 2000 } });
    const report = await running;
    expect(report.counters).toMatchObject({ imagesUpdated: 0, errors: DEAD_IMAGES });
    const reads = events.filter(({ kind }) => kind === "registry-read");
    expect(reads.length).toBeLessThanOrEqual(5);
    expect(silent.asked.length).toBeLessThanOrEqual(5);
    const messages = report.applications.map(({ images: [image] }) => {
      const reason = image?.decision.reason;
      return reason?.code === "facts-failed" ? reason.error.message : reason?.code;
    });
    expect(messages.at(-1)).toContain(`${silent.host} is known as down for the rest of this cycle`);
  });
});

describe("a facts cache that never answers", () => {
  it("costs one deadline, and no update", async () => {
    const url = await createRepository("alone");
    const never = (): Promise<never> => new Promise(() => undefined);
    const cache = {
      contract: "facts-cache/1",
      readDetails: never,
      writeDetails: never,
      readTag: never,
      writeTag: never,
    } as const;
    // A strategy that remembers what each tag is.
    const newest = { "app.update-strategy": "newest-build" };
    const good = appOf("good", `${registry.host}/team/good`, url, newest);
    const { running } = start([good], { cache, timeouts: { cache: 200 } });
    expect((await running).counters).toMatchObject({ imagesUpdated: 1, errors: 0 });
  });
});
