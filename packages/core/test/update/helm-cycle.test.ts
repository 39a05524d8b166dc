import { describe, expect, it } from "vitest";
import { application, counters, createWorld, OVERRIDE, REPOSITORY } from "./world.js";

const GIT = { "write-back-method": "git" };

describe("a cycle over a Helm application", () => {
  const annotations = { ...GIT, "image-list": "echo=cidemo/echo-server:v2.x" };
  const registry = { "cidemo/echo-server": ["v1.0", "v2.0", "v2.1", "v3.0", "latest"] };

  it("writes the override file and the commit message as Argo CD Image Updater does", async () => {
    const { updater, git } = createWorld({ registry });
    const app = application({ annotations, live: ["cidemo/echo-server:v1.0"] });
    const report = await updater.run([app]);

    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      `helm:
  parameters:
  - name: image.name
    value: cidemo/echo-server
    forcestring: true
  - name: image.tag
    value: v2.1
    forcestring: true
`,
    );
    expect(git.commits).toEqual([
      {
        repository: REPOSITORY,
        branch: "main",
        message:
          "build: automatic update of web\n\nupdates image cidemo/echo-server tag 'v1.0' to 'v2.1'\n",
        author: "argocd-image-updater <noreply@argoproj.io>",
        paths: [OVERRIDE],
      },
    ]);
    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(report.applications[0]).toMatchObject({
      application: { name: "web", namespace: "argocd" },
      write: { kind: "written", branch: "main", paths: [OVERRIDE] },
      images: [
        {
          alias: "echo",
          image: "cidemo/echo-server",
          constraint: "v2.x",
          strategy: "semver",
          outcome: "update",
          newImage: "cidemo/echo-server:v2.1",
        },
      ],
    });
  });

  it("finds nothing to do once Argo CD has synced", async () => {
    const { updater, git, logger } = createWorld({ registry });
    await updater.run([application({ annotations, live: ["cidemo/echo-server:v1.0"] })]);
    const synced = application({ annotations, live: ["cidemo/echo-server:v2.1"] });
    const second = await updater.run([synced]);

    expect(second.counters).toEqual(counters(1, 1, 0, 0, 0));
    expect(second.applications[0]?.images[0]?.outcome).toBe("up-to-date");
    expect(git.commits).toHaveLength(1);
    expect(logger.entries.at(-1)?.message).toBe(
      "Processing results: applications=1 images_considered=1 images_skipped=0 images_updated=0 errors=0",
    );
  });

  it("counts an update that the file holds already, and commits nothing", async () => {
    const { updater, git } = createWorld({ registry });
    const app = application({ annotations, live: ["cidemo/echo-server:v1.0"] });
    await updater.run([app]);
    const second = await updater.run([app]);

    expect(second.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(second.applications[0]?.write).toEqual({ kind: "unchanged" });
    expect(git.commits).toHaveLength(1);
  });

  it("writes two images, and the one that is up to date too", async () => {
    const { updater, git } = createWorld({
      registry: { "cidemo/echo-server": ["v1.0", "v2.1"], "team/side": ["1.0", "1.1"] },
    });
    const two = {
      ...GIT,
      "image-list": "echo=cidemo/echo-server:v2.x, side=ghcr.io/team/side:1.x",
      "side.helm.image-name": "side.image.repository",
      "side.helm.image-tag": "side.image.tag",
    };
    const live = ["cidemo/echo-server:v1.0", "ghcr.io/team/side:1.1"];
    const report = await updater.run([application({ annotations: two, live })]);

    expect(report.counters).toEqual(counters(1, 2, 0, 1, 0));
    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      `helm:
  parameters:
  - name: image.name
    value: cidemo/echo-server
    forcestring: true
  - name: image.tag
    value: v2.1
    forcestring: true
  - name: side.image.repository
    value: ghcr.io/team/side
    forcestring: true
  - name: side.image.tag
    value: "1.1"
    forcestring: true
`,
    );
  });

  it("also writes image.name where only helm.image-tag is named", async () => {
    const { updater, git } = createWorld({ registry });
    const named = { ...annotations, "echo.helm.image-tag": "web.tag" };
    await updater.run([application({ annotations: named, live: ["cidemo/echo-server:v1.0"] })]);

    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      `helm:
  parameters:
  - name: image.name
    value: cidemo/echo-server
    forcestring: true
  - name: web.tag
    value: v2.1
    forcestring: true
`,
    );
  });

  it("writes the whole reference where helm.image-spec is named", async () => {
    const { updater, git } = createWorld({ registry });
    const named = { ...annotations, "echo.helm.image-spec": "web.image" };
    await updater.run([application({ annotations: named, live: ["cidemo/echo-server:v1.0"] })]);

    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      `helm:
  parameters:
  - name: web.image
    value: cidemo/echo-server:v2.1
    forcestring: true
`,
    );
  });

  it("edits a values file in place", async () => {
    const path = "apps/web/values.yaml";
    const { updater, git } = createWorld({
      registry,
      files: { [path]: "image: # ours\n  name: cidemo/echo-server\n  tag: v1.0\n\nreplicas: 2\n" },
    });
    const target = { ...annotations, "write-back-target": "helmvalues" };
    await updater.run([application({ annotations: target, live: ["cidemo/echo-server:v1.0"] })]);

    expect(git.file(REPOSITORY, "main", path)).toBe(
      "image: # ours\n  name: cidemo/echo-server\n  tag: v2.1\n\nreplicas: 2\n",
    );
    expect(git.commits[0]?.paths).toEqual([path]);
  });

  it("names the override file of an application in another namespace after both", async () => {
    const { updater, git } = createWorld({ registry });
    const live = ["cidemo/echo-server:v1.0"];
    await updater.run([application({ namespace: "team", annotations, live })]);
    expect(git.commits[0]?.paths).toEqual(["apps/web/.argocd-source-team_web.yaml"]);
  });

  it("leaves an image alone that no container runs", async () => {
    const { updater, git, registry: asked } = createWorld({ registry });
    const app = application({ annotations, live: ["cidemo/other:v1.0"] });
    const report = await updater.run([app]);

    expect(report.counters).toEqual(counters(1, 0, 1, 0, 0));
    expect(report.applications[0]?.images[0]?.outcome).toBe("not-live");
    expect([...asked.calls, ...git.calls]).toEqual([]);
  });

  it("updates one that no container runs where force-update says so", async () => {
    const { updater, git } = createWorld({ registry });
    const forced = { ...annotations, "echo.force-update": "true" };
    const report = await updater.run([application({ annotations: forced, live: [] })]);

    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(git.commits[0]?.message).toBe(
      "build: automatic update of web\n\nupdates image cidemo/echo-server tag '' to 'v2.1'\n",
    );
  });

  it("skips an image that no tag fits", async () => {
    const { updater } = createWorld({ registry });
    const none = { ...annotations, "echo.allow-tags": "regexp:^nothing$" };
    const app = application({ annotations: none, live: ["cidemo/echo-server:v1.0"] });
    const report = await updater.run([app]);
    expect(report.counters).toEqual(counters(1, 1, 1, 0, 0));
  });

  it("does not count an application that nothing renders", async () => {
    const { updater, logger } = createWorld({ registry });
    const live = ["cidemo/echo-server:v1.0"];
    const report = await updater.run([application({ annotations, type: "Directory", live })]);
    expect(report).toEqual({ counters: counters(0, 0, 0, 0, 0), applications: [] });
    expect(logger.entries[0]).toMatchObject({ level: "warn", fields: { application: "web" } });
  });
});
