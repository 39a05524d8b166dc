import { describe, expect, it } from "vitest";
import type { ApplicationPlan } from "../../src/update/plan.js";
import {
  application,
  counters,
  createWorld,
  REPOSITORY,
  type ApplicationSetup,
  type WorldSetup,
} from "./world.js";

// Files that Argo CD never looks at, or not when they change.

const registry = { "team/app": ["1.0", "1.1"] };
const live = ["ghcr.io/team/app:1.0"];
const GIT = { "write-back-method": "git", "image-list": "app=ghcr.io/team/app:1.x" };

async function planOne({
  setup,
  repositories = { [REPOSITORY]: { main: {} } },
}: {
  readonly setup: Partial<ApplicationSetup>;
  readonly repositories?: WorldSetup["repositories"];
}): Promise<{ readonly plan: ApplicationPlan; readonly commits: number; readonly run: object }> {
  const { updater, git } = createWorld({ registry, ...(repositories && { repositories }) });
  const app = application({ annotations: GIT, live, ...setup });
  const [plan] = (await updater.plan([app])).applications;
  const report = await updater.run([app]);
  if (plan === undefined) throw new Error("no plan");
  return { plan, commits: git.commits.length, run: report.counters };
}

describe("an override file that Argo CD does not read", () => {
  it.each<{ title: string; setup: Partial<ApplicationSetup>; place: string }>([
    {
      title: "a chart has none",
      setup: { annotations: GIT, source: { chart: "app" } },
      place: 'Argo CD reads no override file for the chart "app"',
    },
    ...["kustomize", "helm", "argocd", "override", "apps/web/images.json"].map((word) => ({
      title: `none is called ${word}`,
      setup: { annotations: { ...GIT, "write-back-target": word } },
      place: "Argo CD reads no override file of that name",
    })),
    {
      title: "it is that of another application",
      setup: { annotations: { ...GIT, "write-back-target": "apps/web/.argocd-source-api.yaml" } },
      place: "leave the write-back target out for apps/web/.argocd-source-web.yaml",
    },
    {
      title: "it stands beside other manifests",
      setup: { annotations: { ...GIT, "write-back-target": "prod/.argocd-source-web.yaml" } },
      place: "Argo CD reads no override file in that place",
    },
  ])("is an error: $title", async ({ setup, place }) => {
    const { plan, commits, run } = await planOne({ setup });
    expect(plan.error?.code).toBe("no-effect");
    expect(plan.error?.message).toContain(place);
    expect(commits).toBe(0);
    expect(run).toEqual(counters(1, 1, 0, 0, 1));
  });

  it("is none in a repository that a mirror may follow", async () => {
    const upstream = "https://git.example.com/upstream/apps.git";
    const { plan } = await planOne({
      setup: { annotations: { ...GIT, "git-repository": upstream } },
      repositories: { [upstream]: { main: {} } },
    });
    expect(plan.error).toBeUndefined();
    expect(plan.diagnostics).toEqual([]);
  });
});

describe("a file outside of manifest-generate-paths", () => {
  const paths = (text: string): Partial<ApplicationSetup> => ({
    annotations: GIT,
    own: { "argocd.argoproj.io/manifest-generate-paths": text },
  });

  it.each([
    ["/charts;/env", true],
    ["../api", true],
    ["templates", true],
    [".", false],
    ["/apps", false],
    ["/apps/*/.argocd-source-*.yaml", false],
    ["/charts;.", false],
    ["/", false],
    ["", false],
  ])("%j: %s", async (text, isOutside) => {
    const { plan, commits } = await planOne({ setup: paths(text) });
    const found = plan.diagnostics.filter(({ code }) => code === "outside-generate-paths");
    expect(found.map(({ severity }) => severity)).toEqual(isOutside ? ["warning"] : []);
    expect(commits).toBe(1);
  });
});
