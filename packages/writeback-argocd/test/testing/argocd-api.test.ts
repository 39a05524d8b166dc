import { createArgoCdApiClient, createArgoCdWriteBack } from "@image-updater/writeback-argocd";
import { startArgoCdApi, type ArgoCdApiServer } from "@image-updater/writeback-argocd/testing";
import { afterEach, describe, expect, it } from "vitest";
import { steppingClock } from "../support/applications.js";
import { changeOf, helmChange, manifest } from "../support/manifests.js";

const WEB = { namespace: "argocd", name: "web" };
const servers: ArgoCdApiServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(): Promise<ArgoCdApiServer> {
  const server = await startArgoCdApi({ applications: [manifest("web")] });
  servers.push(server);
  return server;
}

describe("the server puts its copy in place, as Argo CD does", () => {
  it("over what others write into spec, labels and annotations while it validates", async () => {
    const server = await start();
    const whileValidating = async (): Promise<void> =>
      server.edit(WEB, (now) => ({
        ...now,
        metadata: { ...(now["metadata"] as object), labels: { team: "b" } },
        spec: { ...(now["spec"] as object), project: "other" },
        status: { health: "Healthy" },
      }));
    server.setFaults([{ method: "PATCH", times: 1, whileValidating }]);
    const client = createArgoCdApiClient({ url: server.url, token: "test-token", allowHttp: true });
    const target = createArgoCdWriteBack({ applications: client, clock: steppingClock() });
    expect(await target.write([changeOf("web", helmChange("1.1"))])).toMatchObject([
      { kind: "written" },
    ]);
    const after = server.application(WEB);
    expect(after).toMatchObject({ spec: { project: "default" }, status: { health: "Healthy" } });
    expect(after).not.toHaveProperty("metadata.labels.team");
  });

  it("unless the Application is gone by then", async () => {
    const server = await start();
    const client = createArgoCdApiClient({ url: server.url, token: "test-token", allowHttp: true });
    const whileValidating = async (): Promise<void> => server.remove(WEB);
    server.setFaults([{ method: "PATCH", whileValidating }]);
    const patch = client.patch(WEB, [{ op: "add", path: "/spec/project", value: "p" }]);
    await expect(patch).rejects.toMatchObject({ code: "not-found" });
  });
});

it("raises the resource version with every write", async () => {
  const server = await start();
  const version = (): unknown =>
    (server.application(WEB) as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
  const before = version();
  server.edit(WEB, (now) => now);
  expect(version()).not.toBe(before);
});

it.each([
  ["nobody", undefined, "no session information"],
  ["a stranger", "Bearer x", "invalid session"],
])("refuses %s", async (_title, authorization, words) => {
  const server = await start();
  const response = await fetch(`${server.url}/api/v1/applications/web`, {
    headers: authorization === undefined ? {} : { authorization },
  });
  expect([response.status, await response.json()]).toEqual([
    401,
    { code: 16, error: expect.stringContaining(words), message: expect.stringContaining(words) },
  ]);
});

it("shows a page to whoever misses the API", async () => {
  const server = await start();
  const response = await fetch(`${server.url}/elsewhere/api/v1/applications/web`);
  expect([response.status, await response.text()]).toEqual([
    200,
    expect.stringContaining("<!doctype html>"),
  ]);
});
