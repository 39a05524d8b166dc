import { describe, expect, it } from "vitest";
import { parseImageUpdater } from "../../src/crd/parse-image-updater.js";
import {
  diagnosticsOf,
  imageOf,
  onlyRef,
  parsed,
  refOf,
  resourceOf,
  settingsOf,
  shortly,
} from "./resources.js";

const full = {
  commonUpdateSettings: {
    updateStrategy: "semver",
    forceUpdate: true,
    allowTags: "regexp:^v",
    ignoreTags: ["*-rc*"],
    pullSecret: "pullsecret:argocd/pull",
    platforms: ["linux/arm64"],
  },
  writeBackConfig: {
    method: "git:secret:creds",
    gitConfig: {
      repository: "https://git.example.com/apps.git",
      branch: "main",
      writeBackTarget: "helmvalues:values.yaml",
      pullRequest: { github: {}, labels: ["images", " images ", ""] },
    },
  },
  imagesVerification: { enabled: true, cosignKey: { secretName: "cosign", key: "cosign.pub" } },
  applicationRefs: [refOf({ images: [imageOf({ manifestTargets: { helm: { spec: "image" } } })] })],
};

describe("parseImageUpdater on a whole resource", () => {
  it("reads every field, without a word", () => {
    const resource = resourceOf(full, {
      metadata: {
        name: "updater",
        namespace: "argocd",
        generation: 3,
        uid: "u",
        resourceVersion: "7",
        finalizers: ["resources-finalizer.argocd-image-updater.argoproj.io"],
      },
      status: { observedGeneration: 2 },
    });
    const { value, diagnostics } = parseImageUpdater(resource);
    expect(diagnostics).toEqual([]);
    expect(value).toMatchObject({
      name: "updater",
      namespace: "argocd",
      generation: 3,
      uid: "u",
      resourceVersion: "7",
      status: { observedGeneration: 2 },
    });
    const [ref] = value?.refs ?? [];
    expect(ref?.settings).toMatchObject({
      kind: "policies",
      value: {
        images: [
          {
            alias: "web",
            constraint: "1.x",
            strategy: { name: "semver" },
            forceUpdate: true,
            platforms: ["linux/arm64"],
            targets: { helm: { spec: "image" } },
            verification: { cosignKey: { secretName: "cosign", key: "cosign.pub" } },
          },
        ],
        invalidImages: [],
        writeBack: {
          method: "git",
          credentials: { kind: "secret", name: "creds" },
          target: { kind: "helmvalues", path: "values.yaml" },
          repository: "https://git.example.com/apps.git",
          baseBranch: "main",
          pullRequest: { forge: "github", labels: ["images"] },
        },
      },
    });
  });

  it("takes an item of a list, which has neither apiVersion nor kind", () => {
    const item = { metadata: { name: "a", namespace: "b" }, spec: { applicationRefs: [refOf()] } };
    const { value, diagnostics } = parseImageUpdater(item);
    expect([value?.namespace, value?.refs.length, diagnostics]).toEqual(["b", 1, []]);
  });

  it.each([
    [undefined, "argocd"],
    ["ops", "ops"],
  ])("puts a resource without namespace into the controller's, %s", (controllerNamespace, name) => {
    const resource = { metadata: { name: "a" }, spec: { applicationRefs: [refOf()] } };
    expect(parseImageUpdater(resource, { controllerNamespace }).value?.namespace).toBe(name);
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "error invalid-image-updater "],
    ["a list", [], "error invalid-image-updater "],
    ["no metadata", {}, "error invalid-image-updater metadata.name"],
    ["no name", { metadata: { name: "" } }, "error invalid-image-updater metadata.name"],
    ["another kind", resourceOf({}, { kind: "Application" }), "error invalid-image-updater kind"],
    [
      "another version",
      resourceOf({}, { apiVersion: "argocd-image-updater.argoproj.io/v1" }),
      "error invalid-image-updater apiVersion",
    ],
  ])("has no value for %s", (_what, resource, expected) => {
    const { value, diagnostics } = parseImageUpdater(resource);
    expect(value).toBeUndefined();
    expect(diagnostics.map(shortly)).toEqual([expected]);
  });

  it.each<[string, unknown, string]>([
    ["no spec", undefined, "error invalid-image-updater spec"],
    ["a spec that is text", "x", "error invalid-image-updater spec"],
    ["no references", {}, "error invalid-image-updater spec.applicationRefs"],
    [
      "null for references",
      { applicationRefs: null },
      "error invalid-image-updater spec.applicationRefs",
    ],
    ["an empty list", { applicationRefs: [] }, "error invalid-image-updater spec.applicationRefs"],
    ["a mapping", { applicationRefs: {} }, "error invalid-image-updater spec.applicationRefs"],
  ])("has no references for %s, but a name to report under", (_what, spec, expected) => {
    expect(parsed(spec).refs).toEqual([]);
    expect(diagnosticsOf(spec).map(shortly)).toEqual([expected]);
  });

  it("names the resource, the field, the value and what is right", () => {
    const images = [
      imageOf(),
      imageOf({ alias: "b", commonUpdateSettings: { forceUpdate: "yes" } }),
    ];
    const [diagnostic, ...others] = diagnosticsOf({ applicationRefs: [refOf({ images })] });
    expect(others).toEqual([]);
    expect(diagnostic?.where).toMatchObject({
      imageUpdater: "argocd/updater",
      field: "spec.applicationRefs[0].images[1].commonUpdateSettings.forceUpdate",
    });
    expect(diagnostic?.message).toBe('"yes" stands here; write true or false, without quotes');
  });

  it("points into text, and names the image, where another parser found something", () => {
    const settings = { updateStrategy: "newest", ignoreTags: ["ok", "["] };
    const [strategy, glob] = diagnosticsOf({
      applicationRefs: [refOf({ images: [imageOf({ commonUpdateSettings: settings })] })],
    });
    const place = "spec.applicationRefs[0].images[0].commonUpdateSettings";
    expect(strategy?.where).toEqual({
      imageUpdater: "argocd/updater",
      field: `${place}.updateStrategy`,
      image: "web",
      offset: 0,
      length: 6,
    });
    expect(glob?.where).toMatchObject({ field: `${place}.ignoreTags[1]`, image: "web" });
  });
});

describe("parseImageUpdater on what the API server would not take", () => {
  it.each<[string, object, string]>([
    ["a field of the resource", {}, "warning unknown-field data"],
    ["of the spec", { spec: { images: [] } }, "warning unknown-field spec.images"],
    [
      "of a reference",
      { ref: { writeback: {} } },
      "warning unknown-field spec.applicationRefs[0].writeback",
    ],
    [
      "of an image",
      { image: { writeBackConfig: {} } },
      "warning unknown-field spec.applicationRefs[0].images[0].writeBackConfig",
    ],
    [
      "of a forge",
      {
        spec: {
          writeBackConfig: {
            method: "git",
            gitConfig: { pullRequest: { gitlab: { draft: true } } },
          },
        },
      },
      "warning unknown-field spec.writeBackConfig.gitConfig.pullRequest.gitlab.draft",
    ],
    [
      "with a strange name",
      { image: { "a.b": 1 } },
      'warning unknown-field spec.applicationRefs[0].images[0]["a.b"]',
    ],
  ])("warns of %s that nobody knows", (what, given, expected) => {
    const { spec = {}, ref = {}, image = {} }: Record<string, object> = { ...given };
    const resource = resourceOf(
      { ...spec, applicationRefs: [refOf({ images: [imageOf(image)], ...ref })] },
      what === "a field of the resource" ? { data: 1 } : {},
    );
    const { value, diagnostics } = parseImageUpdater(resource);
    expect(diagnostics.map(shortly)).toEqual([expected]);
    expect(value?.refs.map(({ settings }) => settings.kind)).toEqual(["policies"]);
  });

  it("warns that spec.namespace is ignored", () => {
    const spec = { namespace: "apps", applicationRefs: [refOf()] };
    expect(diagnosticsOf(spec).map(shortly)).toEqual(["warning unused-field spec.namespace"]);
    expect(parsed(spec).namespace).toBe("argocd");
  });

  it("takes lists written as text for lists, with a warning", () => {
    const commonUpdateSettings = { ignoreTags: "*", platforms: "linux/amd64, linux/arm64" };
    const spec = { commonUpdateSettings, applicationRefs: [refOf()] };
    expect(diagnosticsOf(spec).map(shortly)).toEqual([
      "warning invalid-image-updater spec.commonUpdateSettings.ignoreTags",
      "warning invalid-image-updater spec.commonUpdateSettings.platforms",
    ]);
    expect(diagnosticsOf(spec)[1]?.message).toContain('write ["linux/amd64", "linux/arm64"]');
    const [policy] = settingsOf(onlyRef(refOf(), { commonUpdateSettings })).images;
    expect(policy?.platforms).toEqual(["linux/amd64", "linux/arm64"]);
    expect(policy?.tags.test("1.0")).toBe(false);
  });

  it("says a problem that several references inherit once", () => {
    const spec = {
      commonUpdateSettings: { updateStrategy: "newest" },
      applicationRefs: [refOf({ namePattern: "a-*" }), refOf({ namePattern: "b-*" })],
    };
    expect(diagnosticsOf(spec).map(shortly)).toEqual([
      "warning unknown-strategy spec.commonUpdateSettings.updateStrategy",
    ]);
    expect(parsed(spec).refs.map(({ diagnostics }) => diagnostics.length)).toEqual([1, 1]);
  });
});

describe("one wrong image", () => {
  const place = "spec.applicationRefs[0].images[1]";

  it.each<[string, unknown, string]>([
    ["that is null", null, `error invalid-image-updater ${place}`],
    ["without alias", { imageName: "nginx" }, `error invalid-image-updater ${place}.alias`],
    [
      "with a strange alias",
      imageOf({ alias: "-a" }),
      `error invalid-image-updater ${place}.alias`,
    ],
    [
      "with a number for alias",
      imageOf({ alias: 1 }),
      `error invalid-image-updater ${place}.alias`,
    ],
    [
      "with a taken alias",
      imageOf({ alias: "first" }),
      `error duplicate-alias ${place}.alias first`,
    ],
    ["without name", { alias: "web" }, `error invalid-image-updater ${place}.imageName`],
    [
      "with an empty name",
      imageOf({ imageName: " " }),
      `error invalid-image-reference ${place}.imageName web`,
    ],
    [
      "with settings that are text",
      imageOf({ commonUpdateSettings: "semver" }),
      `error invalid-image-updater ${place}.commonUpdateSettings`,
    ],
    [
      "with a number in a list",
      imageOf({ commonUpdateSettings: { ignoreTags: ["a", 1] } }),
      `error invalid-image-updater ${place}.commonUpdateSettings.ignoreTags[1]`,
    ],
    [
      "with a boolean for a strategy",
      imageOf({ commonUpdateSettings: { updateStrategy: true } }),
      `error invalid-image-updater ${place}.commonUpdateSettings.updateStrategy`,
    ],
    [
      "without any target",
      imageOf({ manifestTargets: {} }),
      `error conflicting-targets ${place}.manifestTargets`,
    ],
    [
      "with two targets",
      imageOf({ manifestTargets: { helm: {}, kustomize: { name: "a" } } }),
      `error conflicting-targets ${place}.manifestTargets`,
    ],
    [
      "with a nameless kustomize target",
      imageOf({ manifestTargets: { kustomize: {} } }),
      `error invalid-image-updater ${place}.manifestTargets.kustomize.name`,
    ],
    [
      "with an empty plugin target",
      imageOf({ manifestTargets: { plugin: { tag: "TAG" } } }),
      `error invalid-image-updater ${place}.manifestTargets.plugin`,
    ],
    [
      "with an endless variable",
      imageOf({ manifestTargets: { plugin: { spec: "A".repeat(254) } } }),
      `error invalid-image-updater ${place}.manifestTargets.plugin.spec`,
    ],
    [
      "with a blank variable",
      imageOf({ manifestTargets: { plugin: { name: "" } } }),
      `error invalid-image-updater ${place}.manifestTargets.plugin.name`,
    ],
    [
      "with a number for a Helm value",
      imageOf({ manifestTargets: { helm: { tag: 1 } } }),
      `error invalid-image-updater ${place}.manifestTargets.helm.tag`,
    ],
    [
      "with a key that is none",
      imageOf({ imagesVerification: { cosignKey: { secretName: "../a", key: "k" } } }),
      `error invalid-verification ${place}.imagesVerification web`,
    ],
    [
      "with half a key",
      imageOf({ imagesVerification: { cosignKey: { secretName: "a" } } }),
      `error invalid-verification ${place}.imagesVerification web`,
    ],
  ])("%s is dropped alone and counted", (_what, image, expected) => {
    const images = [imageOf({ alias: "first" }), image, imageOf({ alias: "last" })];
    const { images: good, invalidImages } = settingsOf(onlyRef(refOf({ images })));
    expect(good.map(({ alias }) => alias)).toEqual(["first", "last"]);
    expect(invalidImages.map(({ problem }) => shortly(problem))).toEqual([expected]);
    expect(diagnosticsOf({ applicationRefs: [refOf({ images })] }).map(shortly)).toEqual([
      expected,
    ]);
  });

  it("with an unknown strategy is dropped only when strict", () => {
    const images = [imageOf({ commonUpdateSettings: { updateStrategy: "newest" } })];
    const [lenient] = parsed({ applicationRefs: [refOf({ images })] }).refs;
    expect(lenient && settingsOf(lenient).images[0]?.strategy.name).toBe("semver");
    const [strict] = parsed({ applicationRefs: [refOf({ images })] }, { strict: true }).refs;
    expect(
      strict && settingsOf(strict).invalidImages.map(({ alias, text }) => [alias, text]),
    ).toEqual([["web", "nginx:1.x"]]);
    // An updater that is given the strategy goes on with these.
    expect(strict && settingsOf(strict).invalidImages).toMatchObject([
      { policy: { alias: "web", constraint: "1.x", unknownStrategy: "newest" } },
    ]);
  });

  it("whose secret is of another namespace is read with the registry's own credentials", () => {
    const image = imageOf({ commonUpdateSettings: { pullSecret: "pullsecret:other/a" } });
    expect(diagnosticsOf({ applicationRefs: [refOf({ images: [image] })] }).map(shortly)).toEqual([
      "error foreign-secret-namespace spec.applicationRefs[0].images[0].commonUpdateSettings.pullSecret web",
    ]);
  });
});

describe("a field at a wrong place", () => {
  it.each<[object, string, string]>([
    [{ images: [] }, "spec.images", "images belongs in spec.applicationRefs[]"],
    [{ updateStrategy: "semver" }, "spec.updateStrategy", "belongs in commonUpdateSettings"],
    [{ method: "git" }, "spec.method", "belongs in writeBackConfig"],
    [{ commonUpdateSetting: {} }, "spec.commonUpdateSetting", '"commonUpdateSettings"?'],
    [{ zzz: 1 }, "spec.zzz", "those here are applicationRefs"],
  ])("%j is a warning that says where it belongs", (fields, field, advice) => {
    const { diagnostics } = parseImageUpdater(
      resourceOf({ applicationRefs: [refOf({ images: [imageOf()] })], ...fields }),
    );
    expect(diagnostics).toMatchObject([
      { severity: "warning", code: "unknown-field", where: { field } },
    ]);
    expect(diagnostics[0]?.message).toContain(advice);
  });
});
