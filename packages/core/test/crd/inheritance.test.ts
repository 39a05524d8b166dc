import { describe, expect, it } from "vitest";
import {
  diagnosticsOf,
  imageOf,
  onlyPolicy,
  onlyRef,
  refOf,
  settingsOf,
  shortly,
} from "./resources.js";

function common(settings: object): object {
  return { commonUpdateSettings: settings };
}

describe("common settings", () => {
  it("come from the narrowest level that has the field", () => {
    const spec = common({ updateStrategy: "digest", forceUpdate: true, allowTags: "regexp:^a" });
    const ref = common({ updateStrategy: "alphabetical", forceUpdate: false });
    const policy = onlyPolicy(imageOf(common({ updateStrategy: "newest-build" })), ref, spec);
    expect(policy.strategy.name).toBe("newest-build");
    expect(policy.forceUpdate).toBe(false);
    expect(["a1", "b1"].map((tag) => policy.tags.test(tag))).toEqual([true, false]);
  });

  it("are replaced by a list, also by an empty one, never joined to it", () => {
    const spec = common({ ignoreTags: ["a*"], platforms: ["linux/amd64"] });
    const own = onlyPolicy(imageOf(common({ ignoreTags: ["b*"] })), {}, spec);
    expect(["a1", "b1"].map((tag) => own.tags.test(tag))).toEqual([true, false]);
    expect(own.platforms).toEqual(["linux/amd64"]);
    const emptied = onlyPolicy(imageOf(common({ ignoreTags: [], platforms: [] })), {}, spec);
    expect(emptied.tags.test("a1")).toBe(true);
    expect(emptied.platforms).toEqual([]);
  });

  it("count null as absent", () => {
    const policy = onlyPolicy(
      imageOf(common({ updateStrategy: null })),
      {},
      common({ updateStrategy: "digest" }),
    );
    expect(policy.strategy.name).toBe("digest");
  });

  it("that are wrong hit only the images that inherit them", () => {
    const images = [
      imageOf({ alias: "inherits" }),
      imageOf({ alias: "overrides", ...common({ forceUpdate: false }) }),
    ];
    const ref = onlyRef(refOf({ images }), common({ forceUpdate: 1 }));
    const { images: good, invalidImages } = settingsOf(ref);
    expect(good.map(({ alias }) => alias)).toEqual(["overrides"]);
    expect(invalidImages.map(({ alias }) => alias)).toEqual(["inherits"]);
    const place = "error invalid-image-updater spec.commonUpdateSettings.forceUpdate";
    expect(ref.diagnostics.map(shortly)).toEqual([place]);
  });

  it("that are not mapping may have meant anything", () => {
    const images = [imageOf({ ...common({ updateStrategy: "digest" }) })];
    const { invalidImages } = settingsOf(onlyRef(refOf({ images }), { commonUpdateSettings: [] }));
    expect(invalidImages.map(({ problem }) => shortly(problem))).toEqual([
      "error invalid-image-updater spec.commonUpdateSettings",
    ]);
  });
});

describe("write-back settings", () => {
  const spec = {
    writeBackConfig: {
      method: "git",
      gitConfig: {
        repository: "https://git.test/a.git",
        branch: "main",
        writeBackTarget: "kustomization",
        pullRequest: { github: {}, labels: ["a", "b"] },
      },
    },
  };

  it("are merged field by field, a pull request as a whole", () => {
    const writeBackConfig = {
      gitConfig: { branch: "stable", pullRequest: { gitea: {} } },
    };
    const { writeBack } = settingsOf(onlyRef(refOf({ writeBackConfig }), spec));
    expect(writeBack).toEqual({
      method: "git",
      credentials: { kind: "repocreds" },
      repository: "https://git.test/a.git",
      baseBranch: "stable",
      target: { kind: "kustomization" },
      pullRequest: { forge: "gitea", labels: [] },
    });
  });

  it("are argocd where no level says anything", () => {
    expect(settingsOf(onlyRef(refOf())).writeBack).toEqual({
      method: "argocd",
      target: { kind: "override" },
    });
  });

  it.each<[string, object, string]>([
    ["a method nobody knows", { method: "svn" }, "error invalid-write-back-method"],
    ["a method with a blank inside", { method: "g it" }, "error invalid-write-back-method"],
    [
      "a secret of another namespace",
      { method: "git:secret:x/y" },
      "error foreign-secret-namespace",
    ],
  ])("with %s break the reference", (_what, writeBackConfig, expected) => {
    const ref = onlyRef(refOf({ writeBackConfig }));
    expect(ref.settings).toEqual({ kind: "broken" });
    expect(ref.diagnostics.map(shortly)).toEqual([
      `${expected} spec.applicationRefs[0].writeBackConfig.method`,
    ]);
  });

  it.each<[string, object, string, string]>([
    ["two forges", { github: {}, gitlab: {} }, "invalid-pull-request", ""],
    ["no forge", { github: null }, "invalid-pull-request", ""],
    ["text for a forge", { github: "yes" }, "invalid-image-updater", ".github"],
    [
      "a label too long",
      { github: {}, labels: ["a", "b".repeat(256)] },
      "invalid-pull-request",
      ".labels[1]",
    ],
    ["text for labels", { github: {}, labels: "a" }, "invalid-image-updater", ".labels"],
    ["a number for a label", { github: {}, labels: [1] }, "invalid-image-updater", ".labels[0]"],
  ])("with %s break the reference", (_what, pullRequest, code, field) => {
    const ref = onlyRef(refOf({ writeBackConfig: { method: "git", gitConfig: { pullRequest } } }));
    expect(ref.settings).toEqual({ kind: "broken" });
    const place = "spec.applicationRefs[0].writeBackConfig.gitConfig.pullRequest";
    expect(ref.diagnostics.map(shortly)).toEqual([`error ${code} ${place}${field}`]);
  });

  it("that are wrong at the top break every reference, and each says why", () => {
    const ref = onlyRef(refOf(), { writeBackConfig: { method: "git", gitConfig: { branch: 1 } } });
    expect(ref.settings).toEqual({ kind: "broken" });
    expect(ref.diagnostics.map(shortly)).toEqual([
      "error invalid-image-updater spec.writeBackConfig.gitConfig.branch",
    ]);
  });

  it("that are wrong at the top do not matter where they are overridden", () => {
    const gitConfig = { branch: "main" };
    const ref = onlyRef(refOf({ writeBackConfig: { gitConfig } }), {
      writeBackConfig: { method: "git", gitConfig: { branch: 1 } },
    });
    expect(settingsOf(ref).writeBack?.baseBranch).toBe("main");
  });
});

describe("verification", () => {
  const key = { secretName: "cosign", key: "cosign.pub" };
  const own = { secretName: "own", key: "k.pub" };

  it.each<[string, object | undefined, object | undefined, object | undefined, object | undefined]>(
    [
      ["is off where nobody asks", undefined, undefined, undefined, undefined],
      ["comes from the resource", { cosignKey: key }, undefined, undefined, key],
      ["comes from the reference", undefined, { cosignKey: own }, undefined, own],
      ["takes the narrowest key", { cosignKey: key }, undefined, { cosignKey: own }, own],
      ["is turned off below", { cosignKey: key }, undefined, { enabled: false }, undefined],
      ["stays off below", { cosignKey: key }, { enabled: false }, undefined, undefined],
      [
        "is turned on again by a block with a key",
        { cosignKey: key },
        { enabled: false },
        { cosignKey: own },
        own,
      ],
      ["inherits the key", { cosignKey: key }, { enabled: false }, { enabled: true }, key],
      [
        "finds a key under a switch that is off",
        { enabled: false, cosignKey: key },
        {},
        undefined,
        key,
      ],
    ],
  )("%s", (_what, spec, ref, image, expected) => {
    const policy = onlyPolicy(
      imageOf({ imagesVerification: image }),
      { imagesVerification: ref },
      { imagesVerification: spec },
    );
    expect(policy.verification?.cosignKey).toEqual(expected);
  });

  it("without any key drops the image: its signature could not be told", () => {
    const ref = onlyRef(refOf(), { imagesVerification: { enabled: true } });
    expect(settingsOf(ref).images).toEqual([]);
    expect(settingsOf(ref).invalidImages.map(({ problem }) => shortly(problem))).toEqual([
      "error invalid-verification spec.imagesVerification",
    ]);
  });

  it("warns of a block that the API server refuses", () => {
    const images = [imageOf({ imagesVerification: { enabled: true } })];
    const spec = { imagesVerification: { cosignKey: key }, applicationRefs: [refOf({ images })] };
    expect(diagnosticsOf(spec).map(shortly)).toEqual([
      "warning invalid-verification spec.applicationRefs[0].images[0].imagesVerification",
    ]);
  });

  it.each<[string, object, object, number]>([
    ["inherits what is wrong", { enabled: "yes" }, { enabled: true }, 0],
    ["needs nothing of it", { enabled: "yes" }, { cosignKey: own }, 1],
    ["turns it off", { enabled: "yes" }, { enabled: false }, 1],
  ])("of an image that %s", (_what, spec, image, count) => {
    const images = [imageOf({ imagesVerification: image })];
    const ref = onlyRef(refOf({ images }), { imagesVerification: spec });
    expect(settingsOf(ref).images).toHaveLength(count);
    expect(settingsOf(ref).invalidImages).toHaveLength(1 - count);
  });
});

describe("useAnnotations", () => {
  const annotated = { namePattern: "*", useAnnotations: true };
  const key = { secretName: "cosign", key: "cosign.pub" };

  it("reads nothing of the resource but verification, that of the top too", () => {
    expect(onlyRef(annotated).settings).toEqual({ kind: "annotations" });
    expect(onlyRef(annotated, { imagesVerification: { cosignKey: key } }).settings).toEqual({
      kind: "annotations",
      verification: { cosignKey: key },
    });
  });

  it("is broken when its verification is", () => {
    const wrong = onlyRef(annotated, { imagesVerification: { cosignKey: "cosign" } });
    expect(wrong.settings).toEqual({ kind: "broken" });
    expect(wrong.diagnostics.map(shortly)).toEqual([
      "error invalid-image-updater spec.imagesVerification.cosignKey",
    ]);
    const keyless = onlyRef({ ...annotated, imagesVerification: {} });
    expect(keyless.settings).toEqual({ kind: "broken" });
    expect(keyless.diagnostics.map(shortly)).toContain(
      "error invalid-verification spec.applicationRefs[0].imagesVerification",
    );
  });

  it("is not stopped by a write-back at the top that it does not use", () => {
    expect(onlyRef(annotated, { writeBackConfig: { method: "svn" } }).settings.kind).toBe(
      "annotations",
    );
  });

  it("warns of settings beside it that are not read", () => {
    const ref = onlyRef(refOf({ useAnnotations: true, writeBackConfig: { method: "git" } }));
    expect(ref.settings).toEqual({ kind: "annotations" });
    expect(ref.diagnostics.map(shortly)).toEqual([
      "warning unused-field spec.applicationRefs[0].images",
      "warning unused-field spec.applicationRefs[0].writeBackConfig",
    ]);
  });

  it.each<[string, object, string]>([
    ["is not a boolean", { useAnnotations: "true" }, "useAnnotations"],
    ["is off and there are no images", { useAnnotations: false, images: undefined }, "images"],
    ["is absent and there are no images", { images: [] }, "images"],
    ["is absent and images is a mapping", { images: {} }, "images"],
  ])("breaks the reference where it %s", (_what, fields, field) => {
    const ref = onlyRef(refOf(fields));
    expect(ref.settings).toEqual({ kind: "broken" });
    expect(ref.diagnostics.map(shortly)).toEqual([
      `error invalid-image-updater spec.applicationRefs[0].${field}`,
    ]);
  });
});
