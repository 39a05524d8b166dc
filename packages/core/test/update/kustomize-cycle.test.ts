import { describe, expect, it } from "vitest";
import { inMemoryApplications, inMemoryArgoCd } from "../../src/testing/index.js";
import { application, counters, createWorld, manifestOf, OVERRIDE, REPOSITORY } from "./world.js";

const GIT = { "write-back-method": "git" };
const registry = { "team/app": ["1.0.0", "1.1.0"] };

describe("a cycle over a Kustomize application", () => {
  const annotations = { ...GIT, "image-list": "app=ghcr.io/team/app:1.x" };
  const setup = { type: "Kustomize", source: { kustomize: {} } } as const;

  it("writes the override file", async () => {
    const { updater, git } = createWorld({ registry });
    const live = ["ghcr.io/team/app:1.0.0"];
    const report = await updater.run([application({ ...setup, annotations, live })]);

    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      "kustomize:\n  images:\n  - ghcr.io/team/app:1.1.0\n",
    );
  });

  it("replaces the name that kustomize.image-name says, and keeps the source's other images", async () => {
    const { updater, git } = createWorld({ registry });
    const source = { kustomize: { images: ["redis:7", "placeholder=ghcr.io/team/app:1.0.0"] } };
    const renamed = { ...annotations, "app.kustomize.image-name": "placeholder" };
    const live = ["ghcr.io/team/app:1.0.0"];
    await updater.run([application({ ...setup, source, annotations: renamed, live })]);

    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      "kustomize:\n  images:\n  - redis:7\n  - placeholder=ghcr.io/team/app:1.1.0\n",
    );
  });

  it("edits the kustomization, by whichever of its names it is there", async () => {
    const path = "base/kustomization.yml";
    const { updater, git } = createWorld({
      registry,
      files: {
        [path]:
          "# ours\nimages:\n- name: ghcr.io/team/app\n  newTag: 1.0.0\nresources:\n- app.yaml\n",
      },
    });
    const target = { ...annotations, "write-back-target": "kustomization:/base" };
    const live = ["ghcr.io/team/app:1.0.0"];
    await updater.run([application({ ...setup, annotations: target, live })]);

    expect(git.file(REPOSITORY, "main", path)).toBe(
      "# ours\nimages:\n- name: ghcr.io/team/app\n  newTag: 1.1.0\nresources:\n- app.yaml\n",
    );
  });

  it("fails where there is no kustomization, and writes nothing", async () => {
    const { updater, git } = createWorld({ registry });
    const target = { ...annotations, "write-back-target": "kustomization" };
    const live = ["ghcr.io/team/app:1.0.0"];
    const report = await updater.run([application({ ...setup, annotations: target, live })]);

    expect(report.counters).toEqual(counters(1, 1, 0, 0, 1));
    expect(report.applications[0]?.error).toMatchObject({ code: "file-not-found" });
    expect(report.applications[0]?.error?.message).toContain("apps/web/kustomization.yaml");
    expect(git.commits).toEqual([]);
  });
});

describe("a cycle over a plugin application", () => {
  const plugin = { env: [{ name: "REPLICAS", value: "2" }] };
  const base = { ...GIT, "image-list": "app=ghcr.io/team/app:1.x" };
  const targets = { plugin: { name: "IMAGE", tag: "TAG" } };

  it("counts as Helm where its images name no variables", async () => {
    const { updater, git } = createWorld({ registry });
    const live = ["ghcr.io/team/app:1.0.0"];
    const app = application({ type: "Plugin", source: { plugin }, annotations: base, live });
    await updater.run([app]);
    expect(git.file(REPOSITORY, "main", OVERRIDE)).toContain("- name: image.tag\n");
  });

  it("writes the variables that its images name, and says which ones the file hides", async () => {
    const { updater, git } = createWorld({ registry });
    const live = ["ghcr.io/team/app:1.0.0"];
    const app = application({ type: "Plugin", source: { plugin }, annotations: base, live });
    const policies = app.policies.map((policy) => ({ ...policy, targets }));
    const plan = await updater.plan([{ ...app, policies, otherParameters: "drop" }]);
    await updater.apply(plan);

    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      "plugin:\n  env:\n  - name: IMAGE\n    value: ghcr.io/team/app\n  - name: TAG\n    value: 1.1.0\n",
    );
    const [hidden] = plan.applications[0]?.diagnostics ?? [];
    expect(hidden).toMatchObject({ code: "override-hides-parameters", where: { file: OVERRIDE } });
    expect(hidden?.message).toContain("these of spec.source.plugin.env have no effect: REPLICAS;");
  });
});

describe("a cycle with the argocd method", () => {
  it.each([
    [
      "Helm parameters",
      { type: "Helm", source: { helm: { parameters: [{ name: "other", value: "1" }] } } },
      {
        helm: {
          parameters: [
            { name: "other", value: "1" },
            { name: "image.name", value: "ghcr.io/team/app", forceString: true },
            { name: "image.tag", value: "1.1.0", forceString: true },
          ],
        },
      },
    ],
    [
      "Kustomize images",
      { type: "Kustomize", source: { kustomize: { images: ["ghcr.io/team/app:1.0.0"] } } },
      { kustomize: { images: ["ghcr.io/team/app:1.1.0"] } },
    ],
  ] as const)("patches the %s of the Application", async (_name, kind, expected) => {
    const setup = {
      ...kind,
      annotations: { "image-list": "app=ghcr.io/team/app:1.x" },
      live: ["ghcr.io/team/app:1.0.0"],
    };
    const { client } = inMemoryApplications([manifestOf(setup)]);
    const { updater, git } = createWorld({ registry, targets: [inMemoryArgoCd(client)] });
    const report = await updater.run([application(setup)]);

    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(report.applications[0]?.write).toEqual({ kind: "written", revision: "2", paths: [] });
    expect(await client.get({ namespace: "argocd", name: "web" })).toMatchObject({
      spec: { source: expected },
    });
    expect(git.calls).toEqual([]);
  });

  it("waits for the roll-out of what the Application says already", async () => {
    const setup = {
      type: "Kustomize",
      source: { kustomize: { images: ["ghcr.io/team/app:1.1.0"] } },
      annotations: { "image-list": "app=ghcr.io/team/app:1.x" },
      live: ["ghcr.io/team/app:1.0.0"],
    } as const;
    const { client } = inMemoryApplications([manifestOf(setup)]);
    const { updater } = createWorld({ registry, targets: [inMemoryArgoCd(client)] });
    const report = await updater.run([application(setup)]);

    expect(report.counters).toEqual(counters(1, 1, 0, 0, 0));
    expect(report.applications[0]?.images[0]?.decision.reason.code).toBe("already-in-spec");
  });
});
