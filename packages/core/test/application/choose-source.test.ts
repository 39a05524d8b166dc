import { describe, expect, it } from "vitest";
import { readApplication } from "../../src/application/read-application.js";
import { manifestOf } from "./manifests.js";

const list = { "image-list": "web=nginx" };
const git = { ...list, "write-back-method": "git" };
const plain = { repoURL: "https://git.test/a.git" };

interface Case {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: object;
  readonly status?: object;
}

function chosen(fields: Case): string {
  const { value } = readApplication(manifestOf({ annotations: list, ...fields }));
  return value === undefined ? "(none)" : `${value.type} ${value.source.pointer}`;
}

describe("the type of an Application", () => {
  it.each<[string, Case, string]>([
    [
      "is Kustomize with a kustomization target, whatever the status says",
      {
        annotations: { ...git, "write-back-target": "kustomization" },
        spec: { source: plain },
        status: { sourceType: "Helm" },
      },
      "kustomize /spec/source",
    ],
    [
      "is Helm with a values file as target",
      {
        annotations: { ...git, "write-back-target": "apps/values.yaml" },
        spec: { source: plain },
        status: { sourceType: "Directory" },
      },
      "helm /spec/source",
    ],
    [
      "is not that of a target which its method does not use",
      {
        annotations: { ...list, "write-back-target": "kustomization" },
        spec: { source: plain },
        status: { sourceType: "Helm" },
      },
      "helm /spec/source",
    ],
    [
      "is what the status says, over the source's own block",
      { spec: { source: { ...plain, helm: {} } }, status: { sourceType: "Kustomize" } },
      "kustomize /spec/source",
    ],
    [
      "is Plugin",
      { spec: { source: { ...plain, plugin: {} } }, status: { sourceType: "Plugin" } },
      "plugin /spec/source",
    ],
    [
      "is unsupported for a directory",
      { spec: { source: plain }, status: { sourceType: "Directory" } },
      "unsupported /spec/source",
    ],
    [
      "is the first supported one of several sources",
      {
        spec: { sources: [plain, plain, plain] },
        status: { sourceTypes: ["Directory", "Kustomize", "Helm"] },
      },
      "kustomize /spec/sources/1",
    ],
    [
      "is unsupported when none of several sources is supported",
      { spec: { sources: [plain] }, status: { sourceTypes: ["Directory"] } },
      "unsupported /spec/sources/0",
    ],
    [
      "is that of the dry source's own block for a source hydrator, not the status's",
      {
        spec: { sourceHydrator: { drySource: { ...plain, kustomize: {} } } },
        status: { sourceType: "Helm" },
      },
      "kustomize /spec/sourceHydrator/drySource",
    ],
    [
      "is unsupported for a source hydrator without such a block",
      { spec: { sourceHydrator: { drySource: plain } }, status: { sourceType: "Helm" } },
      "unsupported /spec/sourceHydrator/drySource",
    ],
    [
      "is the source's own block without a status",
      { spec: { source: { ...plain, kustomize: { images: ["a:1"] } } } },
      "kustomize /spec/source",
    ],
    [
      "is Helm for a chart without a status",
      { spec: { source: { ...plain, chart: "web" } } },
      "helm /spec/source",
    ],
    [
      "is what the images' settings say where nothing else does",
      { annotations: { ...list, "web.kustomize.image-name": "nginx" }, spec: { source: plain } },
      "kustomize /spec/source",
    ],
    [
      "is Helm where the images' settings say so",
      { annotations: { ...list, "web.helm.image-tag": "tag" }, spec: { source: plain } },
      "helm /spec/source",
    ],
    [
      "is what the images' settings say for a source hydrator without a block",
      {
        annotations: { ...list, "web.helm.image-tag": "tag" },
        spec: { sourceHydrator: { drySource: plain } },
        status: { sourceType: "Directory" },
      },
      "helm /spec/sourceHydrator/drySource",
    ],
    ["is unsupported where nothing tells", { spec: { source: plain } }, "unsupported /spec/source"],
    [
      "is not read off a status that has no type yet",
      { spec: { source: { ...plain, helm: {} } }, status: { sourceType: "" } },
      "helm /spec/source",
    ],
  ])("%s", (_title, fields, expected) => {
    expect(chosen(fields)).toBe(expected);
  });

  it.each<[string, Case, string]>([
    ["a directory", { spec: { source: plain }, status: { sourceType: "Directory" } }, "Directory"],
    ["no hint at all", { spec: { source: plain } }, "status"],
    [
      "a dry source without a block",
      { spec: { sourceHydrator: { drySource: plain } }, status: { sourceType: "Helm" } },
      "dry source",
    ],
  ])("that is unsupported for %s gives a warning that says why", (_what, fields, part) => {
    const { value, diagnostics } = readApplication(manifestOf({ annotations: list, ...fields }));
    expect(value?.policies).toHaveLength(1);
    expect(diagnostics).toMatchObject([
      {
        severity: "warning",
        code: "unsupported-application-type",
        where: { application: "team-a/shop" },
      },
    ]);
    expect(diagnostics[0]?.message).toContain(part);
  });
});

describe("the source of an Application with several", () => {
  it.each<[string, Case, string]>([
    [
      "is the first with a block of the type",
      {
        spec: { sources: [{ ...plain, kustomize: {} }, plain, { ...plain, helm: {} }] },
        status: { sourceTypes: ["Kustomize", "Helm", "Helm"] },
        annotations: { ...git, "write-back-target": "helmvalues" },
      },
      "helm /spec/sources/2",
    ],
    [
      "is the first that the status gives the type, when none has a block of it",
      {
        spec: { sources: [plain, plain] },
        status: { sourceTypes: ["Directory", "Helm"] },
      },
      "helm /spec/sources/1",
    ],
    [
      "is any with a block when neither tells",
      {
        spec: { sources: [plain, { ...plain, plugin: {} }] },
        annotations: { ...git, "write-back-target": "kustomization" },
      },
      "kustomize /spec/sources/1",
    ],
    [
      "is the first when nothing tells",
      {
        spec: { sources: [plain, plain] },
        annotations: { ...git, "write-back-target": "kustomization" },
      },
      "kustomize /spec/sources/0",
    ],
    [
      "is among sources, not source",
      { spec: { source: { ...plain, helm: {} }, sources: [{ ...plain, kustomize: {} }] } },
      "kustomize /spec/sources/0",
    ],
  ])("%s", (_title, fields, expected) => {
    expect(chosen(fields)).toBe(expected);
  });
});

describe("the source that somebody chose", () => {
  const sources = [
    { ...plain, name: "chart", chart: "web", helm: {} },
    { ...plain, ref: "values" },
    { ...plain, name: "site", kustomize: {} },
  ];
  const status = { sourceTypes: ["Helm", "Directory", "Kustomize"] };
  const own = (source: string): Readonly<Record<string, string>> => ({
    ...list,
    "image-updater.dev/source": source,
  });

  it.each([
    ["2", "kustomize /spec/sources/2"],
    ["site", "kustomize /spec/sources/2"],
    ["0", "helm /spec/sources/0"],
    ["values", "unsupported /spec/sources/1"],
  ])("is %s of the annotation", (source, expected) => {
    expect(chosen({ annotations: own(source), spec: { sources }, status })).toBe(expected);
  });

  it("is that of the options, where the annotations name none", () => {
    const options = { source: { kind: "index", index: 2 } } as const;
    const of = (annotations: Readonly<Record<string, string>>): string | undefined =>
      readApplication(manifestOf({ annotations, spec: { sources }, status }), options).value?.source
        .pointer;
    expect(of(list)).toBe("/spec/sources/2");
    expect(of(own("chart"))).toBe("/spec/sources/0");
  });

  it.each([
    ["3", "at place 3, counted from 0, of 3 source(s); their names are chart, values, site"],
    ["other", 'named "other", of 3 source(s)'],
  ])("stops all writing when there is no %s", (source, words) => {
    const manifest = manifestOf({ annotations: own(source), spec: { sources }, status });
    const { value, diagnostics } = readApplication(manifest);
    expect(value?.writeBack).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { severity: "error", code: "invalid-source", where: { application: "team-a/shop" } },
    ]);
    expect(diagnostics[0]?.message).toContain(words);
  });

  it("may be the only one", () => {
    expect(
      chosen({ annotations: own("0"), spec: { source: { ...plain, helm: {} } }, status: {} }),
    ).toBe("helm /spec/source");
  });
});
