import { describe, expect, it } from "vitest";
import { annotated, diagnosticsOf, pointedAt, shortly } from "./annotate.js";

const two = { "image-list": "web=nginx:1.x, api=ghcr.io/o/api:2.x" };

describe("one bad image", () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      "a boolean that is none",
      { "web.force-update": "yes" },
      "error invalid-boolean web.force-update web",
    ],
    [
      "a blank inside a boolean",
      { "web.force-update": "tr ue" },
      "error invalid-boolean web.force-update web",
    ],
    [
      "two kinds of targets",
      { "web.helm.image-tag": "t", "web.kustomize.image-name": "k" },
      "error conflicting-targets web.kustomize.image-name web",
    ],
    [
      "a value that YAML made no text",
      { "web.force-update": true },
      "error invalid-annotation web.force-update web",
    ],
  ])("with %s is dropped alone and counted", (_what, settings, expected) => {
    const { images, invalidImages } = annotated({ ...two, ...settings });
    expect(images.map(({ alias }) => alias)).toEqual(["api"]);
    expect(invalidImages.map(({ alias, text }) => [alias, text])).toEqual([
      ["web", "web=nginx:1.x"],
    ]);
    expect(invalidImages.map(({ problem }) => shortly(problem))).toEqual([expected]);
    expect(diagnosticsOf({ ...two, ...settings }).map(shortly)).toContain(expected);
  });

  it("with an unknown strategy is dropped alone when strict, and uses semver otherwise", () => {
    const settings = { ...two, "web.update-strategy": "newest" };
    const { images, invalidImages } = annotated(settings, { strict: true });
    expect(images.map(({ alias }) => alias)).toEqual(["api"]);
    expect(invalidImages.map(({ problem }) => shortly(problem))).toEqual([
      "error unknown-strategy web.update-strategy web",
    ]);
    const lenient = annotated(settings);
    expect(lenient.images.map(({ strategy }) => strategy.name)).toEqual(["semver", "semver"]);
    expect(lenient.invalidImages).toEqual([]);
  });

  it.each([
    ["a broken expression", { "web.allow-tags": "regexp:(" }],
    ["a pattern without prefix", { "web.allow-tags": "^v1" }],
  ])("with %s stays, and no tag of it is allowed", (_what, settings) => {
    const { images, invalidImages } = annotated({ ...two, ...settings });
    expect(images.map(({ tags }) => tags.test("v1.0"))).toEqual([false, true]);
    expect(invalidImages).toEqual([]);
    expect(diagnosticsOf({ ...two, ...settings }).map(shortly)).toEqual([
      "error invalid-tag-pattern web.allow-tags web",
    ]);
  });
});

describe("a setting of the application that is wrong", () => {
  const wrong = { ...two, "force-update": "yes", "allow-tags": "regexp:^v" };

  it("drops every image that does not override it", () => {
    const { images, invalidImages } = annotated(wrong);
    expect(images).toEqual([]);
    expect(invalidImages.map(({ alias }) => alias)).toEqual(["web", "api"]);
    expect(diagnosticsOf(wrong).map(shortly)).toEqual([
      "error invalid-boolean force-update web",
      "error invalid-boolean force-update api",
    ]);
  });

  it("leaves an image that overrides it with all other settings of the application", () => {
    const { images, invalidImages } = annotated({ ...wrong, "web.force-update": "false" });
    expect(images.map(({ alias }) => alias)).toEqual(["web"]);
    expect(invalidImages.map(({ alias }) => alias)).toEqual(["api"]);
    expect(images[0]?.tags.test("1.0")).toBe(false);
  });

  it("is named once per image that it holds for", () => {
    const settings = { ...two, "allow-tags": "regexp:(", "web.allow-tags": "any" };
    expect(diagnosticsOf(settings).map(shortly)).toEqual([
      "error invalid-tag-pattern allow-tags api",
    ]);
  });

  it("is not named for an image that overrides it as wrongly", () => {
    const settings = { ...two, "allow-tags": "regexp:(", "web.allow-tags": "regexp:[" };
    expect(diagnosticsOf(settings).map(shortly)).toEqual([
      "error invalid-tag-pattern web.allow-tags web",
      "error invalid-tag-pattern allow-tags api",
    ]);
  });

  it.each<[string, unknown, string[]]>([
    ["image-list", ["nginx"], ["error invalid-annotation image-list"]],
    [
      "update-strategy",
      { semver: true },
      [
        "error invalid-annotation update-strategy web",
        "error invalid-annotation update-strategy api",
      ],
    ],
    ["git-branch", 1.1, ["error invalid-annotation git-branch"]],
  ])("%s that is not text is an error where it matters", (key, value, expected) => {
    const found = diagnosticsOf({ ...two, "write-back-method": "git", [key]: value });
    expect(found.map(shortly)).toEqual(expected);
  });

  it("git-branch that is not text stops the writing, not the deciding", () => {
    const settings = { ...two, "write-back-method": "git", "git-branch": 1.1 };
    expect(annotated(settings).writeBack).toBeUndefined();
    expect(annotated(settings).images).toHaveLength(2);
  });

  it("null is none, as Kubernetes has it", () => {
    expect(diagnosticsOf({ ...two, "web.allow-tags": null })).toEqual([]);
  });
});

describe("a diagnostic points to what is wrong", () => {
  it.each<[Record<string, string>, string, string]>([
    [{ "image-list": "a=redis, =, web=nginx" }, "error invalid-image-list image-list =", "="],
    [
      { "image-list": "web=nginx:v1.0" },
      "warning exact-constraint-never-moves image-list web",
      "v1.0",
    ],
    [
      { "image-list": "a=redis ,  web = nginx:1.2.3@sha256:aa ," },
      "warning exact-constraint-never-moves image-list web",
      "1.2.3",
    ],
    [
      { "image-list": "a=redis,nginx:latest" },
      "error invalid-constraint image-list nginx:latest",
      "latest",
    ],
    [
      { "image-list": "a=redis,web=nginx", "web.update-strategy": "digest" },
      "error invalid-constraint image-list web",
      "nginx",
    ],
    [
      { "image-list": "web=nginx", "update-strategy": "newest" },
      "warning unknown-strategy update-strategy web",
      "newest",
    ],
    [
      { "image-list": "web=nginx", "web.update-strategy": "latest" },
      "warning deprecated-value web.update-strategy web",
      "latest",
    ],
    [
      { "image-list": "web=nginx", "web.allow-tags": "regexp:^v[a" },
      "error invalid-tag-pattern web.allow-tags web",
      "[a",
    ],
    [
      { "image-list": "web=nginx", "web.allow-tags": "regexp:v1" },
      "info unanchored-pattern web.allow-tags web",
      "v1",
    ],
    [
      { "image-list": "web=nginx", "web.ignore-tags": "a,  [b , c" },
      "warning invalid-glob web.ignore-tags web",
      "[b",
    ],
    [
      { "image-list": "web=nginx", "ignore-tags": "[a" },
      "warning invalid-glob ignore-tags web",
      "[a",
    ],
    [
      { "image-list": "web=nginx", "web.platforms": "linux/amd64, arm64" },
      "error invalid-platform web.platforms web",
      "arm64",
    ],
    [
      { "image-list": "web=nginx", "pull-secret": "  secrets:a/b " },
      "error invalid-credential-reference pull-secret web",
      "secrets:a/b",
    ],
    [
      { "image-list": "web=nginx", "web.pull-secret": "pullsecret:other/b" },
      "error foreign-secret-namespace web.pull-secret web",
      "pullsecret:other/b",
    ],
    [
      { "image-list": "web=nginx", "web.force-update": "on" },
      "error invalid-boolean web.force-update web",
      "on",
    ],
    [
      { "image-list": "web=nginx", "write-back-method": "svn" },
      "error invalid-write-back-method write-back-method",
      "svn",
    ],
    [
      { "image-list": "web=nginx", "write-back-method": "git", "git-branch": "a:b:c" },
      "error invalid-git-branch git-branch",
      "a:b:c",
    ],
  ])("in %j", (settings, expected, part) => {
    const found = diagnosticsOf(settings, { applicationNamespace: "argocd" });
    const [diagnostic, ...others] = found.filter((one) => shortly(one) === expected);
    expect(found.map(shortly)).toContain(expected);
    expect(others).toEqual([]);
    expect(diagnostic && pointedAt(settings, diagnostic)).toBe(part);
  });

  it("and a strange image name is reported once", () => {
    const settings = { "image-list": "a=redis, web=org/UPPER" };
    const found = diagnosticsOf(settings);
    expect(found.map(shortly)).toEqual(["warning invalid-image-reference image-list web"]);
    expect(found.map((one) => pointedAt(settings, one))).toEqual(["web=org/UPPER"]);
  });

  it("and never repeats what may be a password", () => {
    const found = diagnosticsOf({ "image-list": "nginx", "pull-secret": "bob:hunter2" });
    expect(found.map(({ code }) => code)).toEqual(["invalid-credential-reference"]);
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });
});

describe("annotations that nothing reads", () => {
  it.each([
    ["web.allow-tag", "no setting has this name"],
    ["allowtags", "no setting has this name"],
    ["wep.allow-tags", '"wep"'],
    [".allow-tags", '""'],
    ["platforms", '"<alias>.platforms"'],
    ["tag-match", '"<alias>.tag-match"'],
    ["web.image-tag", '"helm.image-tag"'],
    ["web.sort", '"update-strategy"'],
    ["web.git-branch", "no setting has this name"],
  ])("%s gives a warning that says %s", (key, part) => {
    const found = diagnosticsOf({ ...two, [key]: "x" });
    expect(found.map(shortly)).toEqual([`warning unknown-annotation ${key}`]);
    expect(found[0]?.message).toContain(part);
  });

  it("give nothing under another prefix", () => {
    expect(diagnosticsOf(two)).toEqual([]);
  });
});
