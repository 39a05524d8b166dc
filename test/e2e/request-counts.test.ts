import {
  createUpdater,
  readApplication,
  type Application,
  type Updater,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { createOciRegistry, registryCredentials } from "@image-updater/registry-oci";
import { startOciRegistry, type OciTestServer } from "@image-updater/registry-oci/testing";
import { afterEach, describe, expect, it } from "vitest";

const PREFIX = "argocd-image-updater.argoproj.io";
const IMAGE = "registry.example.com/team/app";
const TAGS = 1000;
/** A page that is as full as was asked for, without a link, is asked on: the second one is empty. */
const PAGES = 2;
/** The challenge and the token it leads to. */
const SET_UP = 2;

let server: OciTestServer | undefined;

afterEach(() => server?.close());

describe("what a cycle asks of a registry with 1,000 tags", () => {
  it("semver: the pages and the token, then the pages", async () => {
    const { updater, count } = await start();
    expect(await count(() => run(updater, "semver", ""))).toBe(PAGES + SET_UP);
    expect(await count(() => run(updater, "semver", ""))).toBe(PAGES);
  });

  it("digest: one HEAD and what a new digest needs, then one HEAD, and never the list", async () => {
    const { updater, count, registry } = await start();
    const cold = await count(() => run(updater, "digest", ":1.0.7"));
    expect(cold).toBe(SET_UP + 1 + 2);
    expect(await count(() => run(updater, "digest", ":1.0.7"))).toBe(1);
    expect(registry.requests.at(-1)?.method).toBe("HEAD");
    expect(registry.requests.filter(({ path }) => path.includes("/tags/list"))).toEqual([]);
  });

  it("newest-build: the tags and what is behind them, then the pages and a HEAD of the winner", async () => {
    const { updater, count, registry } = await start();
    const digests = TAGS / 2;
    const cold = await count(() => run(updater, "newest-build", ""));
    expect(cold).toBeLessThanOrEqual(TAGS + digests + PAGES + SET_UP);
    expect(await count(() => run(updater, "newest-build", ""))).toBe(PAGES + 1);
    expect(registry.requests.at(-1)?.method).toBe("HEAD");
  });

  it("100 applications with one image: one list", async () => {
    const { updater, count } = await start();
    const applications = Array.from({ length: 100 }, (_, index) =>
      application(`app-${index}`, "semver", ""),
    );
    const cost = await count(async () => {
      const report = await updater.run(applications, { dryRun: true });
      expect(report.counters.imagesUpdated).toBe(100);
    });
    expect(cost).toBe(PAGES + SET_UP);
  });
});

async function start(): Promise<{
  readonly updater: Updater;
  readonly registry: OciTestServer;
  readonly count: (work: () => Promise<unknown>) => Promise<number>;
}> {
  // Two tags for each build.
  const images = Array.from({ length: TAGS }, (_, index) => ({
    tag: `1.0.${index}`,
    created: new Date(Date.UTC(2024, 0, 1, 0, 0, Math.floor(index / 2))).toISOString(),
  }));
  const registry = await startOciRegistry({
    fixture: { "team/app": images },
    auth: { username: "bot", password: "secret" },
  });
  server = registry;
  const registries = [
    {
      name: "example",
      apiUrl: registry.url,
      prefix: "registry.example.com",
      credentials: { kind: "env", variable: "REGISTRY" },
      tagSortMode: "unsorted",
      insecure: false,
      isDefault: false,
    } as const,
  ];
  const environment = { REGISTRY: "bot:secret" };
  const updater = createUpdater({
    registriesConf: registries,
    registries: [
      createOciRegistry({
        registriesConf: registries,
        credentials: registryCredentials({ registriesConf: registries, environment }),
        maxConcurrency: 50,
      }),
    ],
    writeBack: [],
    clock: systemClock(),
  });
  const count = async (work: () => Promise<unknown>): Promise<number> => {
    const before = registry.requests.length;
    await work();
    return registry.requests.length - before;
  };
  return { updater, registry, count };
}

async function run(updater: Updater, strategy: string, constraint: string): Promise<void> {
  const app = application("web", strategy, constraint);
  const report = await updater.run([app], { dryRun: true });
  expect(report.counters).toMatchObject({ imagesUpdated: 1, errors: 0 });
}

function application(name: string, strategy: string, constraint: string): Application {
  const { value, diagnostics } = readApplication({
    metadata: {
      name,
      annotations: {
        [`${PREFIX}/image-list`]: `app=${IMAGE}${constraint}`,
        [`${PREFIX}/app.update-strategy`]: strategy,
        [`${PREFIX}/write-back-method`]: "git",
      },
    },
    spec: { source: { repoURL: "https://git.example.com/apps.git", path: name } },
    status: { sourceType: "Helm", summary: { images: [`${IMAGE}:0.1`] } },
  });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}
