import { createUpdater, defaultRegistry, readApplication } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { createAcrRegistry } from "@image-updater/registry-acr";
import { describe, expect, it } from "vitest";
import {
  ENTERPRISE_HOST,
  LOGIN,
  PERSONAL_HOST,
  PERSONAL_SERVICE,
  actionsOf,
  credentialsOf,
  repositoryOf,
  startOpenApi,
  startRegistry,
} from "./support/acr.js";

/** The newest is neither the first nor the last of the list, nor the highest version. */
const TAGS = Array.from({ length: 1000 }, (_, index) => {
  const minutes = (index * 617) % 1000;
  return { tag: `build-${index}`, time: new Date(1.7e12 + minutes * 60_000).toISOString() };
});
const NEWEST = TAGS.toSorted((one, other) => (one.time < other.time ? 1 : -1))[0]?.tag;

async function start(host: string, service: string | undefined) {
  const images = TAGS.map(({ tag, time }) => ({ tag, created: time }));
  const server = await startRegistry(
    { fixture: { "team/app": images } },
    service === undefined ? {} : { service },
  );
  const tags = TAGS.map(({ tag, time }) => ({ tag, updated: time }));
  const openApi = await startOpenApi({ repositories: { "team/app": tags }, login: LOGIN });
  const client = createAcrRegistry({
    hosts: [server.host],
    credentials: credentialsOf(openApi),
    tagTimes: "openapi",
  });
  return { server, openApi, client, repository: repositoryOf(server, host) };
}

function countOf(actions: readonly string[], action: string): number {
  return actions.filter((one) => one.startsWith(`${action} `)).length;
}

describe("newest-build over 1000 tags with tag times of the OpenAPI", () => {
  it.each([
    ["Enterprise", ENTERPRISE_HOST, undefined, "ListRepoTag", ["GetRepository"]],
    ["personal", PERSONAL_HOST, PERSONAL_SERVICE, "GetRepoTags", []],
  ] as const)(
    "costs 10 calls, one manifest and the set-up: %s",
    async (_edition, host, service, list, setUp) => {
      const { server, openApi, client, repository } = await start(host, service);
      const summaries = (await client.describeTags?.(repository)) ?? [];
      expect(summaries).toHaveLength(1000);
      const [newest] = summaries.toSorted((one, other) =>
        (one.created?.at ?? "") < (other.created?.at ?? "") ? 1 : -1,
      );
      expect(newest).toMatchObject({ name: NEWEST, created: { source: "acr-image-update" } });
      const details = await client.describeTag(repository, newest?.name ?? "", {
        platforms: ["linux/amd64"],
      });
      expect(details).toMatchObject({ kind: "image", platforms: ["linux/amd64"] });

      const actions = actionsOf(openApi);
      expect(countOf(actions, list)).toBe(10);
      expect(actions).toHaveLength(10 + setUp.length + 1);
      const paths = server.requests.map(({ method, path, status }) => {
        const [name = ""] = path.split("?");
        return `${method} ${name.replace(/sha256:.*/, "<digest>")} ${status}`;
      });
      expect(paths).toEqual([
        "GET /v2/ 401",
        `GET /v2/team/app/manifests/${NEWEST} 401`,
        "GET /token 200",
        `GET /v2/team/app/manifests/${NEWEST} 200`,
        "GET /v2/team/app/blobs/<digest> 200",
      ]);
    },
  );

  it("is what the updater does", async () => {
    const { server, openApi, client } = await start(ENTERPRISE_HOST, undefined);
    const image = `${server.host}/team/app`;
    const { value: application } = readApplication(applicationOf(image));
    if (application === undefined) throw new Error("no application");
    const updater = createUpdater({
      registriesConf: [{ ...defaultRegistry, prefix: server.host, apiUrl: server.url }],
      registries: [client],
      writeBack: [],
      clock: systemClock(),
    });
    const plan = await updater.plan([application]);
    expect(plan.applications[0]?.images[0]?.decision).toMatchObject({
      outcome: "update",
      tag: NEWEST,
    });
    expect(countOf(actionsOf(openApi), "ListRepoTag")).toBe(10);
    const manifests = server.requests.filter(
      ({ path, status }) => path.includes("/manifests/") && status === 200,
    );
    expect(manifests).toHaveLength(1);
    expect(server.requests.filter(({ path }) => path.includes("/tags/list"))).toEqual([]);
  });
});

function applicationOf(image: string): object {
  const prefix = "argocd-image-updater.argoproj.io";
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: "web",
      namespace: "argocd",
      annotations: {
        [`${prefix}/image-list`]: `web=${image}`,
        [`${prefix}/web.update-strategy`]: "newest-build",
      },
    },
    spec: { source: { repoURL: "https://git.example.com/apps", path: "web", kustomize: {} } },
    status: { sourceType: "Kustomize", summary: { images: [`${image}:build-0`] } },
  };
}
