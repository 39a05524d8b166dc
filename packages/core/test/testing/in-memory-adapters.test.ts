import { describe, expect, it } from "vitest";
import type { WriteBackChange } from "../../src/ports/write-back-target.js";
import {
  createMemoryLogger,
  inMemoryApplications,
  inMemoryArgoCd,
  inMemoryGit,
  inMemoryRegistry,
  inMemorySecrets,
} from "../../src/testing/index.js";

const nginx = { host: "docker.io", path: "library/nginx", apiUrl: "https://registry-1.docker.io" };
const REPOSITORY = "https://ci:s3cret@git.example.com/team/apps.git";

describe("the registry in memory", () => {
  it("fails as often as it is told to", async () => {
    const registry = inMemoryRegistry({
      fixture: { "library/nginx": [{ tag: "1" }] },
      faults: [{ on: "tags", behave: "rate-limited", times: 2 }],
    });
    const ask = (): Promise<unknown> => registry.listTags(nginx);
    await expect(ask()).rejects.toMatchObject({ code: "rate-limited" });
    await expect(ask()).rejects.toMatchObject({ code: "rate-limited" });
    expect(await ask()).toEqual(["1"]);
    expect(registry.calls).toHaveLength(3);
  });

  it("fails only for the tag that is meant", async () => {
    const registry = inMemoryRegistry({
      fixture: { "library/nginx": [{ tag: "1" }, { tag: "2" }] },
      faults: [{ on: "any", tag: "2", behave: "too-large" }],
    });
    const options = { platforms: ["linux/amd64"] };
    expect((await registry.describeTag(nginx, "1", options)).kind).toBe("image");
    await expect(registry.describeTag(nginx, "2", options)).rejects.toMatchObject({
      code: "too-large",
    });
  });

  it("stops hanging when it is cancelled", async () => {
    const registry = inMemoryRegistry({ fixture: {}, faults: [{ on: "tags", behave: "hang" }] });
    const controller = new AbortController();
    const asked = registry.listTags(nginx, { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(asked).rejects.toMatchObject({ name: "RegistryError", code: "cancelled" });
  });

  it("gives tags with the same content the same digest", async () => {
    const registry = inMemoryRegistry({
      fixture: { "library/nginx": [{ tag: "1" }, { tag: "latest" }, { tag: "2", content: "x" }] },
    });
    const digests = await Promise.all(
      ["1", "latest", "2"].map((tag) => registry.resolveDigest(nginx, tag)),
    );
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).not.toBe(digests[2]);
  });
});

describe("the Git in memory", () => {
  const change: WriteBackChange = {
    application: { name: "web", namespace: "argocd" },
    settings: { method: "git", target: { kind: "helmvalues" } },
    location: { repository: REPOSITORY },
    edits: [{ kind: "helm-values", path: "v.yaml", changes: [{ path: "tag", value: "v2" }] }],
    message: "update",
    author: { name: "Robot", email: "robot@example.com" },
  };
  const fixture = { [REPOSITORY]: { trunk: { "v.yaml": "tag: v1\n" } } };

  it("commits to the branch that HEAD names", async () => {
    const git = inMemoryGit({ repositories: fixture, defaultBranch: "trunk" });
    expect(await git.write([change])).toMatchObject([{ kind: "written", branch: "trunk" }]);
    expect(git.commits).toEqual([
      {
        repository: REPOSITORY,
        branch: "trunk",
        message: "update",
        author: "Robot <robot@example.com>",
        paths: ["v.yaml"],
      },
    ]);
    expect(git.file(REPOSITORY, "trunk", "v.yaml")).toBe("tag: v2\n");
  });

  it("shows no user information", async () => {
    const git = inMemoryGit({ repositories: fixture });
    const [lost] = await git.write([change]);
    const [unknown] = await git.write([{ ...change, location: { repository: `${REPOSITORY}x` } }]);
    const [nowhere] = await git.write([{ ...change, location: undefined }]);
    expect([lost, unknown, nowhere]).toMatchObject([
      { error: { code: "branch-not-found" } },
      { error: { code: "not-found" } },
      { error: { code: "unsupported" } },
    ]);
    expect(JSON.stringify([lost, unknown])).not.toContain("s3cret");
  });

  it("refuses what it is told to, and changes nothing", async () => {
    const git = inMemoryGit({
      repositories: fixture,
      defaultBranch: "trunk",
      faults: [
        { on: "write", repository: REPOSITORY, behave: "rejected", times: 1 },
        { on: "read", behave: "unauthorized" },
      ],
    });
    expect(await git.write([change])).toMatchObject([{ error: { code: "rejected" } }]);
    expect(git.file(REPOSITORY, "trunk", "v.yaml")).toBe("tag: v1\n");
    expect(await git.read([{ ...change, paths: ["v.yaml"] }])).toMatchObject([
      { error: { code: "unauthorized" } },
    ]);
    expect(await git.write([change])).toMatchObject([{ kind: "written" }]);
  });
});

describe("the Applications in memory", () => {
  const manifest = (namespace: string): object => ({
    metadata: { name: "web", namespace, resourceVersion: "7" },
    spec: { source: { path: namespace } },
  });

  it("keep namespaces apart", async () => {
    const { client, source } = inMemoryApplications([manifest("a"), manifest("b")]);
    expect(await source.list()).toHaveLength(2);
    expect(await client.get({ namespace: "b", name: "web" })).toMatchObject(manifest("b"));
  });

  it("raise the resource version with every patch", async () => {
    const { client } = inMemoryApplications([manifest("a")]);
    const patch = [
      { op: "test", path: "/metadata/resourceVersion", value: "7" },
      { op: "replace", path: "/spec/source/path", value: "x" },
    ] as const;
    const name = { namespace: "a", name: "web" };
    expect(await client.patch(name, patch)).toMatchObject({ metadata: { resourceVersion: "8" } });
    await expect(client.patch(name, patch)).rejects.toMatchObject({
      name: "ApplicationError",
      code: "conflict",
      message: "Application a/web changed meanwhile",
    });
  });

  it("are written to by the argocd method", async () => {
    const { client } = inMemoryApplications([manifest("a")]);
    const target = inMemoryArgoCd(client);
    const change: WriteBackChange = {
      application: { name: "web", namespace: "a" },
      settings: { method: "argocd", target: { kind: "override" } },
      edits: [
        {
          kind: "application-patch",
          source: "/spec/source",
          changes: { kustomize: { images: ["nginx:2"] } },
        },
      ],
      message: "",
    };
    const lost = { ...change, application: { name: "lost", namespace: "a" } };
    expect(await target.write([change, change, lost])).toMatchObject([
      { kind: "written", revision: "8" },
      expect.anything(),
      { kind: "failed", error: { code: "not-found" } },
    ]);
    expect(await target.write([change])).toEqual([{ kind: "unchanged" }]);
    const [cancelled] = await target.write([change], { signal: AbortSignal.abort() });
    expect(cancelled).toMatchObject({ error: { code: "cancelled" } });
  });
});

it("the secrets in memory do not take a prototype's member for a field", async () => {
  const secrets = inMemorySecrets([{ namespace: "a", name: "s", data: {} }]);
  const read = secrets.read({ namespace: "a", name: "s", key: "constructor" });
  await expect(read).rejects.toMatchObject({ code: "not-found" });
});

it("the logger in memory keeps its lines", () => {
  const logger = createMemoryLogger();
  logger.warn({ application: "web" }, "careful");
  expect(logger.entries).toEqual([
    { level: "warn", fields: { application: "web" }, message: "careful" },
  ]);
});
