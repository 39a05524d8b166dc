import { describe, expect, it } from "vitest";
import type { RegistryFault } from "../../src/testing/index.js";
import { application, counters, createWorld, OVERRIDE, REPOSITORY } from "./world.js";

// An image that cannot be decided in a cycle keeps what the override file says of it: the
// Application's own parameters may be older.

const registry = { "team/app": ["1.0", "1.1"], "team/side": ["2.0", "2.1", "2.2"] };
const registryFaults: readonly RegistryFault[] = [
  { on: "tags", repository: "team/side", behave: "server-error" },
];
const live = ["ghcr.io/team/app:1.0", "ghcr.io/team/side:2.1"];

describe("the Helm parameters of an image that is in error", () => {
  const annotations = {
    "write-back-method": "git",
    "image-list": "app=ghcr.io/team/app:1.x, side=ghcr.io/team/side:2.x",
    "app.helm.image-spec": "app",
    "side.helm.image-spec": "side",
  };
  const parameters = [
    { name: "app", value: "ghcr.io/team/app:1.0" },
    { name: "side", value: "ghcr.io/team/side:2.0" },
    { name: "replicas", value: "3" },
  ];
  const app = application({ annotations, source: { helm: { parameters } }, live });
  const entry = (name: string, value: string, force: boolean): string =>
    `  - name: ${name}\n    value: ${value}\n    forcestring: ${force}\n`;

  it("stay as the file has them", async () => {
    const side = entry("side", "ghcr.io/team/side:2.2", true);
    const files = { [OVERRIDE]: `helm:\n  parameters:\n${side}` };
    const { updater, git } = createWorld({ registry, registryFaults, files });
    const report = await updater.run([app]);
    expect(report.counters).toEqual(counters(1, 2, 0, 1, 1));
    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      `helm:\n  parameters:\n${entry("app", "ghcr.io/team/app:1.1", true)}${side}`,
    );
  });

  it("go along from the Application into a new file, and nothing else does", async () => {
    const { updater, git } = createWorld({ registry, registryFaults });
    // Without a word on the others, a file that would hide them is not written.
    await updater.run([{ ...app, otherParameters: "drop" }]);
    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      `helm:\n  parameters:\n${entry("app", "ghcr.io/team/app:1.1", true)}${entry("side", "ghcr.io/team/side:2.0", false)}`,
    );
  });

  it("are left alone in the Application with the argocd method", async () => {
    const { updater } = createWorld({ registry, registryFaults });
    const method = { ...annotations, "write-back-method": "argocd" };
    const plan = await updater.plan([
      application({ annotations: method, source: { helm: { parameters } }, live }),
    ]);
    expect(plan.applications[0]?.change?.edits).toEqual([
      {
        kind: "application-patch",
        source: "/spec/source",
        changes: {
          helm: { parameters: [{ name: "app", value: "ghcr.io/team/app:1.1", forceString: true }] },
        },
      },
    ]);
  });
});

describe("the Kustomize image that is in error", () => {
  const images = ["ghcr.io/team/app:1.0", "ghcr.io/team/side:2.0", "redis:7"];
  const app = application({
    type: "Kustomize",
    annotations: {
      "write-back-method": "git",
      "image-list": "app=ghcr.io/team/app:1.x, side=ghcr.io/team/side:2.x",
    },
    source: { kustomize: { images } },
    live,
  });

  it("stays as the file has it", async () => {
    const files = { [OVERRIDE]: "kustomize:\n  images:\n  - ghcr.io/team/side:2.2\n" };
    const { updater, git } = createWorld({ registry, registryFaults, files });
    await updater.run([app]);
    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      "kustomize:\n  images:\n  - ghcr.io/team/side:2.2\n  - ghcr.io/team/app:1.1\n  - redis:7\n",
    );
  });

  it("goes along from the Application into a new file", async () => {
    const { updater, git } = createWorld({ registry, registryFaults });
    // Without a word on the others, a file that would hide them is not written.
    await updater.run([{ ...app, otherParameters: "drop" }]);
    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      "kustomize:\n  images:\n  - ghcr.io/team/app:1.1\n  - ghcr.io/team/side:2.0\n  - redis:7\n",
    );
  });
});

describe("a plugin variable of an image that is in error", () => {
  it("stays as the file has it", async () => {
    const { name, live: images } = { name: "web", live };
    const app = application({
      name,
      type: "Plugin",
      annotations: {
        "write-back-method": "git",
        "image-list": "app=ghcr.io/team/app:1.x, side=ghcr.io/team/side:2.x",
      },
      source: { plugin: { env: [{ name: "SIDE", value: "ghcr.io/team/side:2.0" }] } },
      live: images,
    });
    const policies = app.policies.map((policy) => ({
      ...policy,
      targets: { plugin: { spec: (policy.alias ?? "").toUpperCase() } },
    }));
    const files = {
      [OVERRIDE]: "plugin:\n  env:\n  - name: SIDE\n    value: ghcr.io/team/side:2.2\n",
    };
    const { updater, git } = createWorld({ registry, registryFaults, files });
    await updater.run([{ ...app, policies }]);
    expect(git.file(REPOSITORY, "main", OVERRIDE)).toBe(
      "plugin:\n  env:\n  - name: SIDE\n    value: ghcr.io/team/side:2.2\n  - name: APP\n    value: ghcr.io/team/app:1.1\n",
    );
  });
});
