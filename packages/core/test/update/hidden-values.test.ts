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

// What can hide a value that is written, as Argo CD and Helm lay one place over another: each row
// names the place that wins, and where nothing can take effect nothing is written.

const registry = { "team/app": ["1.0", "1.1"] };
const live = ["ghcr.io/team/app:1.0"];
const GIT = { "write-back-method": "git", "image-list": "app=ghcr.io/team/app:1.x" };
const HELM = { ...GIT, "write-back-target": "helmvalues" };
const VALUES = "apps/web/values.yaml";
const chart = { [VALUES]: "image:\n  name: ghcr.io/team/app\n  tag: '1.0'\n" };
const OLD = "helm:\n  parameters:\n  - name: image.tag\n    value: '1.0'\n    forcestring: true\n";
const OWNED = {
  metadata: {
    ownerReferences: [{ kind: "ApplicationSet", name: "all", apiVersion: "argoproj.io/v1alpha1" }],
  },
};

interface Row {
  readonly title: string;
  readonly setup: Partial<ApplicationSetup>;
  readonly files?: Readonly<Record<string, string>>;
  readonly repositories?: WorldSetup["repositories"];
  /** The place that wins, as the message begins. */
  readonly place: string;
}

async function planOne(row: Omit<Row, "title" | "place">): Promise<{
  readonly plan: ApplicationPlan;
  readonly commits: number;
  readonly run: object;
}> {
  const { files = {}, repositories = { [REPOSITORY]: { main: { ...chart, ...files } } } } = row;
  const { updater, git } = createWorld({ registry, repositories });
  const app = application({ annotations: HELM, live, ...row.setup });
  const plan = await updater.plan([app]);
  const report = await updater.run([app]);
  const [only] = plan.applications;
  if (only === undefined) throw new Error("no plan");
  return { plan: only, commits: git.commits.length, run: report.counters };
}

describe("a value of a values file", () => {
  const parameters = [{ name: "image.tag", value: "1.0" }];
  const prod = "apps/web/values-prod.yaml";
  it.each<Row>([
    {
      title: "helm.parameters has it",
      setup: { source: { helm: { parameters } } },
      place: 'spec.source.helm.parameters sets "image.tag" to "1.0"',
    },
    {
      title: "helm.valuesObject has it",
      setup: { source: { helm: { valuesObject: { image: { tag: "1.0" } } } } },
      place: 'spec.source.helm.valuesObject sets "image.tag" to "1.0"',
    },
    {
      title: "helm.valuesObject has a number",
      setup: { source: { helm: { valuesObject: { image: { tag: 1 } } } } },
      place: 'spec.source.helm.valuesObject sets "image.tag" to "1"',
    },
    {
      title: "helm.valuesObject puts another shape in its place",
      setup: { source: { helm: { valuesObject: { image: "app:1.0" } } } },
      place: 'spec.source.helm.valuesObject sets "image.tag",',
    },
    {
      title: "helm.values has it",
      setup: { source: { helm: { values: "image:\n  tag: '1.0'\n" } } },
      place: 'spec.source.helm.values sets "image.tag" to "1.0"',
    },
    {
      title: "a parameter out of a file sets it",
      setup: { source: { helm: { fileParameters: [{ name: "image.tag", path: "tag.txt" }] } } },
      place: 'spec.source.helm.fileParameters sets "image.tag",',
    },
    {
      title: "an old override file has it",
      setup: {},
      files: { "apps/web/.argocd-source-web.yaml": OLD },
      place: 'helm.parameters of apps/web/.argocd-source-web.yaml sets "image.tag" to "1.0"',
    },
    {
      title: "an old override file of another namespace has it",
      setup: { namespace: "team-a" },
      files: { "apps/web/.argocd-source-team-a_web.yaml": OLD },
      place: 'helm.parameters of apps/web/.argocd-source-team-a_web.yaml sets "image.tag"',
    },
    {
      title: "the override file of the folder has it",
      setup: {},
      files: { "apps/web/.argocd-source.yaml": OLD },
      place: 'helm.parameters of apps/web/.argocd-source.yaml sets "image.tag" to "1.0"',
    },
    {
      title: "valuesObject of an override file has it",
      setup: {},
      files: {
        "apps/web/.argocd-source.yaml": "helm:\n  valuesObject:\n    image: {tag: '1.0'}\n",
      },
      place: 'helm.valuesObject of apps/web/.argocd-source.yaml sets "image.tag" to "1.0"',
    },
    {
      title: "a later values file has it",
      setup: { source: { helm: { valueFiles: ["values.yaml", "values-prod.yaml"] } } },
      files: { [prod]: "image: {tag: '1.0'}\n" },
      place: `${prod} sets "image.tag" to "1.0"`,
    },
    {
      title: "a later values file outside of the chart has it",
      setup: { source: { helm: { valueFiles: ["../../env/prod.yaml"] } } },
      files: { "env/prod.yaml": "image: {tag: '1.0'}\n" },
      place: 'env/prod.yaml sets "image.tag" to "1.0"',
    },
    {
      title: "a later values file takes its parent away",
      setup: { source: { helm: { valueFiles: ["values-prod.yaml"] } } },
      files: { [prod]: "image: null\n" },
      place: `${prod} sets "image.tag",`,
    },
  ])("is an error of its image where $title", async ({ setup, files, place }) => {
    const { plan, commits, run } = await planOne({ setup, ...(files && { files }) });
    const [image] = plan.images;
    expect(image?.decision).toMatchObject({ outcome: "error", reason: { code: "no-effect" } });
    expect(plan.change).toBeUndefined();
    expect(plan.diagnostics.map(({ severity, code }) => [severity, code])).toContainEqual([
      "error",
      "value-hidden",
    ]);
    const hidden = plan.diagnostics.find(({ code }) => code === "value-hidden");
    expect(hidden?.message.startsWith(place)).toBe(true);
    expect(hidden?.where).toMatchObject({ file: VALUES, field: "image.tag" });
    expect(commits).toBe(0);
    expect(run).toEqual(counters(1, 1, 0, 0, 1));
  });

  it.each<Omit<Row, "place">>([
    {
      title: "a parameter says the same",
      setup: { source: { helm: { parameters: [{ name: "image.tag", value: "1.1" }] } } },
    },
    {
      title: "other values are set",
      setup: {
        source: {
          helm: {
            parameters: [{ name: "replicas", value: "3" }],
            valuesObject: { image: { pullPolicy: "Always" } },
            values: "image: {}\n",
          },
        },
      },
    },
    {
      title: "valuesObject makes values ineffective",
      setup: { source: { helm: { values: "image: {tag: '1.0'}", valuesObject: { a: 1 } } } },
    },
    {
      title: "an earlier values file has it",
      setup: {
        annotations: { ...HELM, "write-back-target": "helmvalues:values-prod.yaml" },
        source: { helm: { valueFiles: ["values.yaml", "values-prod.yaml"] } },
      },
    },
    {
      title: "the override file of another application has it",
      setup: {},
      files: { "apps/web/.argocd-source-api.yaml": OLD },
    },
    {
      title: "an override file empties the list that has it",
      setup: { source: { helm: { parameters } } },
      files: { "apps/web/.argocd-source-web.yaml": "helm:\n  parameters: []\n" },
    },
    {
      title: "a later file cannot be read as YAML",
      setup: { source: { helm: { valueFiles: ["values-prod.yaml"] } } },
      files: { [prod]: "image: {tag: '1.0'\n" },
    },
    {
      title: "a later file has nothing but comments",
      setup: { source: { helm: { valueFiles: ["values-prod.yaml"] } } },
      files: { [prod]: "# nothing\n" },
    },
    {
      title: "only the name is set, and says the same",
      setup: {
        source: { helm: { parameters: [{ name: "image.name", value: "ghcr.io/team/app" }] } },
      },
    },
  ])("is written where $title", async ({ setup, files }) => {
    const { plan, commits } = await planOne({ setup, ...(files && { files }) });
    expect(plan.diagnostics.filter(({ code }) => code === "value-hidden")).toEqual([]);
    expect(commits).toBe(1);
  });

  it.each<Row>([
    {
      title: "what makes the Application may make it of the file",
      setup: { ...OWNED, source: { helm: { parameters } } },
      place: "spec.source.helm.parameters sets",
    },
    {
      title: "only the name is hidden",
      setup: { source: { helm: { parameters: [{ name: "image.name", value: "other" }] } } },
      place: 'spec.source.helm.parameters sets "image.name" to "other"',
    },
    {
      title: "the namespace of Argo CD is not certain",
      setup: {},
      files: { "apps/web/.argocd-source-argocd_web.yaml": OLD },
      place: "helm.parameters of apps/web/.argocd-source-argocd_web.yaml sets",
    },
    {
      title: "another branch than the source's is written",
      setup: {
        annotations: { ...HELM, "git-branch": "next" },
        source: { helm: { parameters } },
      },
      repositories: { [REPOSITORY]: { main: chart, next: chart } },
      place: "spec.source.helm.parameters sets",
    },
  ])("is written with a warning where $title", async ({ setup, files, repositories, place }) => {
    const { plan, commits } = await planOne({
      setup,
      ...(files && { files }),
      ...(repositories && { repositories }),
    });
    const found = plan.diagnostics.filter(({ code }) => code === "value-hidden");
    expect(found).toMatchObject([{ severity: "warning" }]);
    expect(found[0]?.message.startsWith(place)).toBe(true);
    expect(commits).toBe(1);
  });

  it("of another image is written all the same", async () => {
    const { updater, git } = createWorld({
      registry: { ...registry, "team/side": ["2.0", "2.1"] },
      files: { [VALUES]: "image: {name: x, tag: '1.0'}\nside: {name: y, tag: '2.0'}\n" },
    });
    const app = application({
      annotations: {
        ...HELM,
        "image-list": "app=ghcr.io/team/app:1.x, side=ghcr.io/team/side:2.x",
        "side.helm.image-tag": "side.tag",
      },
      source: { helm: { parameters } },
      live: [...live, "ghcr.io/team/side:2.0"],
    });
    const report = await updater.run([app]);
    expect(report.counters).toEqual(counters(1, 2, 0, 1, 1));
    expect(report.applications[0]?.images.map(({ outcome }) => outcome)).toEqual([
      "error",
      "update",
    ]);
    expect(git.file(REPOSITORY, "main", VALUES)).toBe(
      "image: {name: x, tag: '1.0'}\nside: {name: y, tag: '2.1'}\n",
    );
  });
});

describe("a values file that the Application does not read", () => {
  const target = (path: string): ApplicationSetup["annotations"] => ({
    ...GIT,
    "write-back-target": `helmvalues:${path}`,
  });

  it.each<Row>([
    {
      title: "is not listed",
      setup: {
        annotations: target("/other/values.yaml"),
        source: { helm: { valueFiles: ["values.yaml"] } },
      },
      files: { "other/values.yaml": "image: {tag: '1.0'}\n" },
      place: "which reads apps/web/values.yaml; name one that it reads",
    },
    {
      title: "would be created where a relative path leads",
      setup: {
        annotations: target("environments/dev/values.yaml"),
        source: { path: "helm-chart", helm: { valueFiles: ["../environments/dev/values.yaml"] } },
      },
      files: { "environments/dev/values.yaml": "image: {tag: '1.0'}\n" },
      place: "does not exist, and is not among the values files of the Application",
    },
    {
      title: "would be created, and the right one is named",
      setup: {
        annotations: target("environments/dev/values.yaml"),
        source: { path: "helm-chart", helm: { valueFiles: ["../environments/dev/values.yaml"] } },
      },
      place: 'write the target "helmvalues:/environments/dev/values.yaml"',
    },
    {
      title: "is not one of $ref",
      setup: {
        annotations: { ...target("/env/dev.yaml"), "git-repository": REPOSITORY },
        spec: {
          source: undefined,
          sources: [
            {
              repoURL: "https://charts.example.com",
              chart: "app",
              targetRevision: "1.2.3",
              helm: { valueFiles: ["$values/env/prod.yaml"] },
            },
            { repoURL: REPOSITORY, ref: "values", targetRevision: "main" },
          ],
        },
      },
      files: { "env/dev.yaml": "image: {tag: '1.0'}\n", "env/prod.yaml": "{}\n" },
      place: "reads env/prod.yaml",
    },
  ])("is an error: it $title", async ({ setup, files, place }) => {
    const { plan, commits, run } = await planOne({ setup, ...(files && { files }) });
    expect(plan.error?.code).toBe("no-effect");
    expect(plan.error?.message).toContain(place);
    expect(plan.change).toBeUndefined();
    expect(commits).toBe(0);
    expect(run).toEqual(counters(1, 1, 0, 0, 1));
  });

  it.each<Omit<Row, "place">>([
    {
      title: "a pattern may name it",
      setup: {
        annotations: target("/env/prod.yaml"),
        source: { helm: { valueFiles: ["../../env/*.yaml"] } },
      },
    },
    {
      title: "a variable may name it",
      setup: {
        annotations: target("/env/web.yaml"),
        source: { helm: { valueFiles: ["/env/$ARGOCD_APP_NAME.yaml"] } },
      },
    },
    {
      title: "an override file lists it",
      setup: { annotations: target("values-prod.yaml"), source: { helm: {} } },
      files: { "apps/web/.argocd-source-web.yaml": "helm:\n  valueFiles: [values-prod.yaml]\n" },
    },
    {
      title: "it is of a chart in charts/",
      setup: { annotations: target("charts/sub/values.yaml"), source: { helm: {} } },
    },
    {
      title: "Kustomize renders the source",
      setup: { annotations: target("/env/prod.yaml"), source: { kustomize: {} } },
    },
    {
      title: "it is read as $ref, however the repository is spelled",
      setup: {
        annotations: { ...target("/env/prod.yaml"), "git-repository": REPOSITORY },
        spec: {
          source: undefined,
          sources: [
            {
              repoURL: "https://charts.example.com",
              chart: "app",
              targetRevision: "1.2.3",
              helm: { valueFiles: ["$values/env/prod.yaml"] },
            },
            { repoURL: "git@git.example.com:team/apps", ref: "values", targetRevision: "main" },
          ],
        },
      },
    },
  ])("is none where $title", async ({ setup, files }) => {
    const { plan, commits } = await planOne({ setup, ...(files && { files }) });
    expect(plan.error).toBeUndefined();
    expect(plan.diagnostics.filter(({ code }) => code === "file-not-read")).toEqual([]);
    expect(commits).toBe(1);
  });

  it.each<Omit<Row, "place">>([
    {
      title: "a chart stands beside it, which may be a dependency",
      setup: { annotations: target("/base/values.yaml"), source: { helm: {} } },
      files: { "base/Chart.yaml": "name: base\n", "base/values.yaml": "image: {tag: '1.0'}\n" },
    },
    {
      title: "the chart has no values files yet, and another source is there to lend them",
      setup: {
        annotations: { ...target("/env/prod.yaml"), "git-repository": REPOSITORY },
        spec: {
          source: undefined,
          sources: [
            { repoURL: "https://charts.example.com", chart: "app", targetRevision: "1.2.3" },
            { repoURL: REPOSITORY, ref: "values", targetRevision: "main" },
          ],
        },
      },
    },
    {
      title: "an ApplicationSet may read it",
      setup: { ...OWNED, annotations: target("/env/prod.yaml"), source: { helm: {} } },
    },
  ])("is a warning where $title", async ({ setup, files }) => {
    const { plan, commits } = await planOne({ setup, ...(files && { files }) });
    expect(plan.error).toBeUndefined();
    expect(plan.diagnostics).toMatchObject([{ severity: "warning", code: "file-not-read" }]);
    expect(commits).toBe(1);
  });
});

describe("an image of a kustomization", () => {
  const KUSTOMIZATION = "apps/web/kustomization.yaml";
  const annotations = { ...GIT, "write-back-target": "kustomization" };
  const files = { [KUSTOMIZATION]: "images:\n- name: ghcr.io/team/app\n  newTag: '1.0'\n" };
  const kustomize = { type: "Kustomize", annotations } as const;

  it.each<Row>([
    {
      title: "kustomize.images has it",
      setup: { ...kustomize, source: { kustomize: { images: ["ghcr.io/team/app:1.0"] } } },
      files,
      place: 'spec.source.kustomize.images sets "ghcr.io/team/app" to "1.0"',
    },
    {
      title: "kustomize.images pins it by digest",
      setup: {
        ...kustomize,
        source: { kustomize: { images: [`ghcr.io/team/app@sha256:${"a".repeat(64)}`] } },
      },
      files,
      place: `spec.source.kustomize.images sets "ghcr.io/team/app" to sha256:${"a".repeat(64)}`,
    },
    {
      title: "an old override file has it",
      setup: kustomize,
      files: {
        ...files,
        "apps/web/.argocd-source-web.yaml": "kustomize:\n  images:\n  - ghcr.io/team/app:1.0\n",
      },
      place: "kustomize.images of apps/web/.argocd-source-web.yaml sets",
    },
  ])("is an error where $title", async ({ setup, files: present = {}, place }) => {
    const { plan, commits } = await planOne({ setup, files: present });
    expect(plan.images[0]?.decision.outcome).toBe("error");
    expect(plan.diagnostics[0]?.message.startsWith(place)).toBe(true);
    expect(commits).toBe(0);
  });

  it.each<Omit<Row, "place">>([
    {
      title: "others are set",
      setup: { ...kustomize, source: { kustomize: { images: ["ghcr.io/team/side:1.0"] } } },
      files,
    },
    {
      title: "another spelling is set, which Kustomize takes for another image",
      setup: { ...kustomize, source: { kustomize: { images: ["team/app:1.0"] } } },
      files,
    },
    {
      title: "the same is set",
      setup: { ...kustomize, source: { kustomize: { images: ["ghcr.io/team/app:1.1"] } } },
      files,
    },
  ])("is written where $title", async ({ setup, files: present = {} }) => {
    const { plan, commits } = await planOne({ setup, files: present });
    // What the spec holds already is up to date, and needs no file.
    const isInSpec = plan.images[0]?.decision.outcome === "up-to-date";
    expect(plan.diagnostics).toEqual([]);
    expect(commits).toBe(isInSpec ? 0 : 1);
  });

  it("of a base is warned of where the overlay sets it", async () => {
    const { plan, commits } = await planOne({
      setup: { ...kustomize, annotations: { ...GIT, "write-back-target": "kustomization:/base" } },
      files: {
        ...files,
        "base/kustomization.yaml": "images:\n- name: ghcr.io/team/app\n  newTag: '1.0'\n",
      },
    });
    expect(plan.diagnostics).toMatchObject([{ severity: "warning", code: "value-hidden" }]);
    expect(plan.diagnostics[0]?.message).toContain(`images of ${KUSTOMIZATION} sets`);
    expect(commits).toBe(1);
  });
});
