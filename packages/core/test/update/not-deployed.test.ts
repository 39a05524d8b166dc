import { describe, expect, it } from "vitest";
import { formatPlan } from "../../src/update/format-plan.js";
import type { ObservedEvent } from "../../src/ports/observer.js";
import {
  application,
  counters,
  createWorld,
  OVERRIDE,
  REPOSITORY,
  type ApplicationSetup,
} from "./world.js";

// The general sign: nothing is left to write, Argo CD is Synced and Healthy with no operation, and
// the wanted image is not among those that run.

const registry = { "team/app": ["1.0", "1.1"] };
const GIT = { "write-back-method": "git", "image-list": "app=ghcr.io/team/app:1.x" };
const written = `helm:
  parameters:
  - name: image.name
    value: ghcr.io/team/app
    forcestring: true
  - name: image.tag
    value: "1.1"
    forcestring: true
`;
const DONE = { sync: { status: "Synced" }, health: { status: "Healthy" } };
const OLD = ["ghcr.io/team/app:1.0"];

function world(files: Readonly<Record<string, string>> = { [OVERRIDE]: written }) {
  const events: ObservedEvent[] = [];
  const observer = { observe: (event: ObservedEvent) => void events.push(event) };
  return { ...createWorld({ registry, files, settings: { observer } }), events };
}

function setup(more: Partial<ApplicationSetup> = {}): ApplicationSetup {
  return { annotations: GIT, live: OLD, status: DONE, ...more };
}

describe("an image that is written and does not run although Argo CD is done", () => {
  it("is not-deployed in plan, report, event and log, and is not counted as updated", async () => {
    const { updater, git, logger, events } = world();
    const app = application(setup());
    const plan = await updater.plan([app]);
    const [image] = plan.applications[0]?.images ?? [];
    expect(image?.decision).toMatchObject({
      outcome: "not-deployed",
      reason: { code: "not-deployed", image: "ghcr.io/team/app:1.1" },
    });
    expect(plan.applications[0]?.change).toBeUndefined();
    expect(formatPlan(plan)).toContain("not-deployed app=ghcr.io/team/app");
    expect(formatPlan(plan)).toContain("Application argocd/web: 1 image(s) written, not deployed");

    const report = await updater.run([app]);
    expect(report.counters).toEqual(counters(1, 1, 0, 0, 0));
    expect(report.applications[0]?.images[0]?.outcome).toBe("not-deployed");
    expect(git.commits).toEqual([]);
    expect(events).toContainEqual({
      kind: "image-decided",
      application: "argocd/web",
      outcome: "not-deployed",
    });
    expect(logger.entries).toContainEqual(
      expect.objectContaining({
        level: "warn",
        message: expect.stringContaining("is Synced and Healthy without running it"),
      }),
    );
  });

  it("names what hides it, and is not an error of a write", async () => {
    const { updater } = world({
      "apps/web/values.yaml": "image:\n  name: ghcr.io/team/app\n  tag: '1.1'\n",
    });
    const annotations = { ...GIT, "write-back-target": "helmvalues" };
    const helm = { valuesObject: { image: { tag: "1.0" } } };
    const plan = await updater.plan([application(setup({ annotations, source: { helm } }))]);
    expect(plan.applications[0]?.images[0]?.decision.outcome).toBe("not-deployed");
    expect(plan.applications[0]?.diagnostics).toMatchObject([
      { severity: "error", code: "value-hidden", where: { field: "image.tag" } },
    ]);
  });

  it("is told apart by what the Application holds, with the argocd method", async () => {
    const { updater, git } = world({
      [OVERRIDE]: written.replace('"1.1"', '"1.0"'),
    });
    const annotations = { ...GIT, "write-back-method": "argocd" };
    const helm = {
      parameters: [
        { name: "image.name", value: "ghcr.io/team/app" },
        { name: "image.tag", value: "1.1" },
      ],
    };
    const app = application(setup({ annotations, source: { helm } }));
    const [plan] = (await updater.plan([app])).applications;
    expect(plan?.images[0]?.decision.outcome).toBe("not-deployed");
    expect(plan?.diagnostics).toMatchObject([
      { severity: "error", code: "value-hidden", where: { file: OVERRIDE } },
    ]);
    expect(plan?.diagnostics[0]?.message).toContain(`helm.parameters of ${OVERRIDE}`);
    expect(git.calls).toEqual([`read ${REPOSITORY}`]);
  });

  it("is not written into an Application whose override file hides it", async () => {
    const { updater } = world({ [OVERRIDE]: written.replace('"1.1"', '"1.0"') });
    const annotations = { ...GIT, "write-back-method": "argocd" };
    const [plan] = (await updater.plan([application(setup({ annotations }))])).applications;
    expect(plan?.images[0]?.decision).toMatchObject({
      outcome: "error",
      reason: { code: "no-effect" },
    });
    expect(plan?.change).toBeUndefined();
  });

  it("needs no Git for the argocd method: what cannot be read says nothing", async () => {
    const annotations = { ...GIT, "write-back-method": "argocd" };
    const { updater } = createWorld({ registry, repositories: {} });
    const [plan] = (await updater.plan([application(setup({ annotations }))])).applications;
    expect(plan?.images[0]?.decision.outcome).toBe("update");
    expect(plan?.change).toBeDefined();
  });
});

describe("an image is not taken for it", () => {
  const at = (status: object): Partial<ApplicationSetup> => ({ status: { ...DONE, ...status } });
  it.each<readonly [string, Partial<ApplicationSetup>]>([
    ["while it is rolled out", at({ health: { status: "Progressing" } })],
    ["while both versions run", { live: [...OLD, "ghcr.io/team/app:1.1"] }],
    ["where the rollout is stuck", at({ health: { status: "Degraded" } })],
    ["where somebody rolled back, or nobody synced", at({ sync: { status: "OutOfSync" } })],
    ["where the repository cannot be compared", at({ sync: { status: "Unknown" } })],
    ["while an operation is asked for", { more: { operation: { sync: {} } } }],
    ["while an operation runs", at({ operationState: { phase: "Running" } })],
    [
      "while manifests are hydrated",
      at({ sourceHydrator: { currentOperation: { phase: "Hydrating" } } }),
    ],
    ["where only jobs run", at({ resources: [{ kind: "CronJob" }, { kind: "Service" }] })],
    ["without a word of sync and health", { status: {} }],
    ["with fields of other kinds", { status: { sync: "Synced", health: 1 } }],
  ])("%s", async (_title, more) => {
    const { updater } = world();
    const report = await updater.run([application(setup(more))]);
    expect(report.applications[0]?.images[0]?.outcome).not.toBe("not-deployed");
    expect(report.counters).toMatchObject({ errors: 0 });
  });

  it.each<readonly [string, Partial<ApplicationSetup>]>([
    ["beside other workloads", at({ resources: [{ kind: "CronJob" }, { kind: "Deployment" }] })],
    ["after an operation", at({ operationState: { phase: "Succeeded" } })],
    ["after a hydration", at({ sourceHydrator: { currentOperation: { phase: "Hydrated" } } })],
  ])("but is: %s", async (_title, more) => {
    const { updater } = world();
    const report = await updater.run([application(setup(more))]);
    expect(report.applications[0]?.images[0]?.outcome).toBe("not-deployed");
  });

  it("while something is left to write", async () => {
    const { updater, git } = world({});
    const report = await updater.run([application(setup())]);
    expect(report.counters).toEqual(counters(1, 1, 0, 1, 0));
    expect(git.commits).toHaveLength(1);
  });

  it("when it is scaled to zero: nothing runs", async () => {
    const { updater } = world();
    const report = await updater.run([application(setup({ live: [] }))]);
    expect(report.applications[0]?.images[0]?.outcome).toBe("not-live");
    const forced = { ...GIT, "app.force-update": "true" };
    const second = await updater.run([application(setup({ annotations: forced, live: [] }))]);
    expect(second.applications[0]?.images[0]?.outcome).toBe("update");
  });

  it("while its branch or pull request waits for somebody to merge it", async () => {
    const branched = { ...GIT, "git-branch": "main:next" };
    const { updater } = createWorld({
      registry,
      repositories: { [REPOSITORY]: { main: {}, next: { [OVERRIDE]: written } } },
    });
    const report = await updater.run([application(setup({ annotations: branched }))]);
    expect(report.applications[0]?.images[0]?.outcome).toBe("update");
    expect(report.applications[0]?.write).toMatchObject({ kind: "unchanged" });
  });
});
