import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Application } from "../../src/application/application.js";
import {
  readApplication,
  type ReadApplicationOptions,
} from "../../src/application/read-application.js";
import type { Diagnostic } from "../../src/errors/diagnostic.js";
import { customStrategy } from "../decision/policies.js";
import { manifestOf } from "./manifests.js";

function read(manifest: unknown, options?: ReadApplicationOptions): Application {
  const { value, diagnostics } = readApplication(manifest, options);
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

function diagnosticsOf(manifest: unknown): readonly Diagnostic[] {
  return readApplication(manifest).diagnostics;
}

describe("readApplication", () => {
  it("reads who it is, its source, what runs, and what its annotations say", () => {
    const manifest = manifestOf({
      annotations: { "image-list": "web=nginx:1.x", "write-back-method": "git" },
      spec: {
        source: {
          repoURL: "https://git.test/a.git",
          path: "apps/shop",
          targetRevision: "main",
          helm: { parameters: [{ name: "image.tag", value: "1.0", forceString: true }] },
        },
      },
      status: { sourceType: "Helm", summary: { images: ["nginx:1.0", "ghcr.io/a/b@sha256:aa"] } },
    });
    const application = read(manifest);
    expect(application).toMatchObject({
      name: "shop",
      namespace: "team-a",
      type: "helm",
      source: {
        pointer: "/spec/source",
        repositoryUrl: "https://git.test/a.git",
        path: "apps/shop",
        targetRevision: "main",
        helmParameters: [{ name: "image.tag", value: "1.0", forceString: true }],
        kustomizeImages: [],
        pluginEnv: [],
      },
      invalidImages: [],
      writeBack: { method: "git" },
      revision: "main",
    });
    expect(application.source).not.toHaveProperty("chart");
    expect(application.liveImages?.map(String)).toEqual(["nginx:1.0", "ghcr.io/a/b@sha256:aa"]);
    expect(application.policies.map(({ alias }) => alias)).toEqual(["web"]);
    expect(application.manifest).toBe(manifest);
  });

  it("leaves an Application without image-list alone, and says nothing", () => {
    const unmanaged = manifestOf({ annotations: {} });
    expect(readApplication(unmanaged)).toEqual({ value: undefined, diagnostics: [] });
    const bare = { metadata: { name: "a" }, spec: { source: {} } };
    expect(readApplication(bare)).toEqual({ value: undefined, diagnostics: [] });
  });

  it("takes the controller's namespace where the manifest names none", () => {
    const manifest = manifestOf({ metadata: { namespace: undefined } });
    expect(read(manifest).namespace).toBe("argocd");
    expect(read(manifest, { controllerNamespace: "cd" }).namespace).toBe("cd");
    expect(read(manifestOf({ metadata: { namespace: "" } })).namespace).toBe("argocd");
  });

  it("passes strategies and strictness on to the annotations", () => {
    const annotations = { "image-list": "web=nginx", "web.update-strategy": "custom" };
    const manifest = manifestOf({ annotations });
    const custom = customStrategy();
    expect(read(manifest, { strategies: [custom] }).policies[0]?.strategy).toBe(custom);
    expect(read(manifest, { strict: true })).toMatchObject({
      policies: [],
      invalidImages: [{ alias: "web", problem: { code: "unknown-strategy" } }],
    });
  });

  it("reports a secret of another namespace than its own", () => {
    const annotations = { "image-list": "web=nginx", "pull-secret": "pullsecret:argocd/hub" };
    expect(diagnosticsOf(manifestOf({ annotations }))).toMatchObject([
      { code: "foreign-secret-namespace", where: { application: "team-a/shop", image: "web" } },
    ]);
  });

  it("names itself in every diagnostic, and in the problems of its images", () => {
    const annotations = { "image-list": "web=, api=nginx:1.0", "api.force-update": "on" };
    const { value, diagnostics } = readApplication(manifestOf({ annotations }));
    expect(value?.policies).toEqual([]);
    const problems = value?.invalidImages.map(({ problem }) => problem) ?? [];
    expect(problems).toHaveLength(2);
    for (const { where } of [...diagnostics, ...problems]) {
      expect(where.application).toBe("team-a/shop");
      expect(where.annotation).toMatch(/^argocd-image-updater\.argoproj\.io\//u);
    }
  });
});

describe("readApplication on what runs", () => {
  it.each<[string, unknown, readonly string[] | undefined]>([
    ["no status", undefined, undefined],
    ["a status of null", null, undefined],
    ["an empty status", {}, undefined],
    ["a status without a summary", { sourceType: "Helm" }, []],
    ["an empty summary", { summary: {} }, []],
    ["images of null", { summary: { images: null } }, []],
    ["a text that is not an image among the images", { summary: { images: ["", "a:1"] } }, ["a:1"]],
  ])("with %s", (_what, status, expected) => {
    expect(read(manifestOf({ status })).liveImages?.map(String)).toEqual(expected);
  });
});

describe("readApplication on the revision to write to", () => {
  const git = { "image-list": "nginx", "write-back-method": "git" };
  const sources = [
    { repoURL: "https://git.test/a.git", targetRevision: "a" },
    { repoURL: "https://git.test/b.git", targetRevision: "b", helm: {} },
  ];

  it.each([
    ["main", "main"],
    ["HEAD", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("is of %j %j", (targetRevision, expected) => {
    const spec = { source: { repoURL: "https://git.test/a.git", targetRevision } };
    expect(read(manifestOf({ spec })).revision).toBe(expected);
  });

  it("is the chosen source's, or that of the source with the write-back repository", () => {
    expect(read(manifestOf({ annotations: git, spec: { sources } })).revision).toBe("b");
    const annotations = { ...git, "git-repository": "https://git.test/a.git" };
    expect(read(manifestOf({ annotations, spec: { sources } })).revision).toBe("a");
  });

  it.each([
    ["https://git.example/o/r.git", "https://git.example/o/r"],
    ["https://git.example/o/r", "https://git.example/o/r/"],
    ["https://git.example/o/r", "https://GIT.Example/o/r.git/"],
    ["git@git.example:o/r.git", "https://git.example/o/r"],
    ["https://git.example/o/r", "ssh://git@git.example/o/r.git"],
  ])("is that of the source %s spells otherwise, as %s", (repository, repoURL) => {
    const annotations = {
      ...git,
      "git-repository": repository,
      "write-back-target": "helmvalues:/vals/shop.yaml",
    };
    const chart = { repoURL: "https://charts.example/x", chart: "nginx", targetRevision: "15.2.5" };
    const values = { repoURL, ref: "values", targetRevision: "trunk" };
    const manifest = manifestOf({ annotations, spec: { sources: [chart, values] } });
    expect(read(manifest).revision).toBe("trunk");
  });

  it("is never a chart's version, which is not a branch of the write-back repository", () => {
    const annotations = { ...git, "git-repository": "https://git.example/o/r" };
    const source = {
      repoURL: "https://charts.example/x",
      chart: "nginx",
      targetRevision: "15.2.5",
    };
    expect(read(manifestOf({ annotations, spec: { source } })).revision).toBeUndefined();
  });
});

describe("readApplication with settings from elsewhere", () => {
  const given = {
    images: [],
    invalidImages: [],
    writeBack: { method: "git", target: { kind: "override" }, baseBranch: "prod" },
  } as const;

  it("reads no annotation", () => {
    const { value, diagnostics } = readApplication(manifestOf(), { settings: given });
    expect(value).toMatchObject({ policies: [], writeBack: given.writeBack, revision: undefined });
    expect(diagnostics).toEqual([]);
  });

  it("manages an Application without annotations", () => {
    const manifest = manifestOf({ annotations: {} });
    expect(readApplication(manifest).value).toBeUndefined();
    expect(readApplication(manifest, { settings: given }).value?.name).toBe("shop");
  });
});

describe("readApplication with a verification", () => {
  const cosignKey = { secretName: "cosign", key: "cosign.pub" };

  it("demands it of every image", () => {
    const { value } = readApplication(
      manifestOf({ annotations: { "image-list": "nginx,redis" } }),
      {
        verification: { cosignKey },
      },
    );
    expect(value?.policies.map(({ verification }) => verification)).toEqual([
      { cosignKey },
      { cosignKey },
    ]);
  });

  it("keeps that of an image which has its own", () => {
    const own = { cosignKey: { ...cosignKey, key: "own" } };
    const [policy] = read(manifestOf()).policies;
    if (policy === undefined) throw new Error("no policy");
    const images = [{ ...policy, verification: own }];
    const settings = { images, invalidImages: [], writeBack: undefined };
    const { value } = readApplication(manifestOf(), { settings, verification: { cosignKey } });
    expect(value?.policies[0]?.verification).toEqual(own);
  });
});

describe("readApplication on the project", () => {
  it.each([
    ["the one it names", { project: "shops" }, "shops"],
    ["none, where it names none", {}, undefined],
  ])("keeps %s", (_, fields, project) => {
    const source = { repoURL: "https://git.test/a.git", path: "app", helm: {} };
    expect(read(manifestOf({ spec: { source, ...fields } })).project).toBe(project);
  });
});

describe("readApplication on what is not an Application", () => {
  it.each<[string, unknown, object]>([
    ["nothing", undefined, {}],
    ["a text", "kind: Application", {}],
    ["another kind", { ...manifestOf(), kind: "AppProject" }, { field: "kind" }],
    ["no name", manifestOf({ metadata: { name: "" } }), { field: "metadata.name" }],
    [
      "a revision that is a number",
      manifestOf({ spec: { source: { targetRevision: 1.1 } } }),
      { field: "spec.source.targetRevision", application: "team-a/shop" },
    ],
    [
      "a source that is none",
      manifestOf({ spec: { sources: [{}, { path: 1 }] } }),
      { field: "spec.sources[1].path", application: "team-a/shop" },
    ],
    ["no source", manifestOf({ spec: {} }), { field: "spec", application: "team-a/shop" }],
    ["no spec", { ...manifestOf(), spec: undefined }, { field: "spec" }],
  ])("refuses %s and names the field", (_what, manifest, where) => {
    const { value, diagnostics } = readApplication(manifest);
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: "error", code: "invalid-application", where }]);
    expect(diagnostics[0]?.message).not.toBe("");
  });

  it("takes null for an absent field, as Kubernetes does", () => {
    const source = { repoURL: "a", path: null, targetRevision: null, chart: null, helm: null };
    const manifest = manifestOf({ spec: { source, sources: null }, metadata: { namespace: null } });
    expect(read(manifest)).toMatchObject({ namespace: "argocd", source: { path: "" } });
  });

  it("drops only the image whose annotation is not text", () => {
    const annotations = { "image-list": "web=nginx,api=redis", "web.force-update": true };
    expect(read(manifestOf({ annotations }))).toMatchObject({
      policies: [{ alias: "api" }],
      invalidImages: [{ alias: "web", problem: { code: "invalid-annotation" } }],
    });
  });

  it("never throws", () => {
    const noise = fc.anything({ withNullPrototype: true });
    const metadata = fc.record({
      name: noise,
      annotations: fc.oneof(noise, fc.dictionary(fc.string(), noise)),
    });
    const manifests = fc.oneof(
      noise,
      fc.record({ metadata, spec: noise, status: noise }),
      fc.record({ spec: noise, status: noise }).map((fields) => ({ ...manifestOf(), ...fields })),
    );
    fc.assert(
      fc.property(manifests, (manifest) => {
        readApplication(manifest);
      }),
    );
  });
});
