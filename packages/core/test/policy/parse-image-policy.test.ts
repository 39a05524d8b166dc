import { describe, expect, it } from "vitest";
import type { ImagePolicy } from "../../src/policy/image-policy.js";
import type { CommonUpdateSettings, ImageSettings } from "../../src/policy/image-settings.js";
import {
  parseImagePolicy,
  secretNamespace,
  type ImagePolicyOptions,
} from "../../src/policy/parse-image-policy.js";
import type { UpdateStrategy } from "../../src/strategy/update-strategy.js";

const oldest: UpdateStrategy = {
  name: "oldest",
  needs: "names",
  constraint: "optional",
  identity: "tag",
  choose: () => ({ kind: "none", reason: "never" }),
};

function settings(imageName: string, common?: CommonUpdateSettings): ImageSettings {
  return { alias: "web", imageName, commonUpdateSettings: common };
}

function policyOf(input: ImageSettings, options?: ImagePolicyOptions): ImagePolicy {
  const { value, diagnostics } = parseImagePolicy(input, options);
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

function codesOf(input: ImageSettings, options?: ImagePolicyOptions): readonly string[] {
  const { diagnostics } = parseImagePolicy(input, options);
  return diagnostics.map(({ severity, code }) => `${severity} ${code}`);
}

describe("parseImagePolicy", () => {
  it("has a default for everything but the image", () => {
    const policy = policyOf(settings("ghcr.io/org/app:1.x"));
    expect(policy).toMatchObject({
      alias: "web",
      image: { registry: "ghcr.io", repository: "org/app" },
      constraint: "1.x",
      platforms: [],
      forceUpdate: false,
      targets: {},
    });
    expect(policy.strategy.name).toBe("semver");
    expect(policy.tags.test("anything")).toBe(true);
    expect(policy).not.toHaveProperty("pullSecret");
    expect(policy).not.toHaveProperty("unknownStrategy");
    expect(codesOf(settings("ghcr.io/org/app:1.x"))).toEqual([]);
  });

  it.each([
    ["nginx", "nginx", undefined],
    ["nginx:", "nginx", ""],
    ["nginx:>=1.0,<2", "nginx", ">=1.0,<2"],
    ["localhost:5000/app:~1.0", "localhost:5000/app", "~1.0"],
    ["nginx:1.2@sha256:aa", "nginx@sha256:aa", "1.2"],
  ])("reads %s as the image %s with the constraint %s", (imageName, image, constraint) => {
    const policy = policyOf(settings(imageName));
    expect(policy.image.toString()).toBe(image);
    expect(policy.constraint).toBe(constraint);
  });

  it("takes an alias out of the name where the settings have none", () => {
    const policy = policyOf({ alias: "", imageName: "web=nginx:1.x" });
    expect(policy).toMatchObject({ alias: "web", image: { repository: "nginx" } });
    expect(policyOf({ alias: "", imageName: "nginx" })).not.toHaveProperty("alias");
  });

  it("takes an alias as it is, whatever signs it has", () => {
    const policy = policyOf({ alias: "a:b", imageName: "nginx:1.x" });
    expect(policy).toMatchObject({ alias: "a:b", constraint: "1.x" });
    expect(policy.image.toString()).toBe("nginx");
  });

  it("has no value for a name that is none, and says so about the name", () => {
    const { value, diagnostics } = parseImagePolicy(settings(":1.0"));
    expect(value).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({
      severity: "error",
      code: "invalid-image-reference",
      where: { image: "web", offset: 0, length: 4 },
    });
  });

  it("keeps every other setting as its parser reads it", () => {
    const policy = policyOf(
      settings("nginx", {
        updateStrategy: "newest-build",
        forceUpdate: true,
        allowTags: "regexp:^v",
        ignoreTags: ["*-rc"],
        pullSecret: "pullsecret:argocd/hub",
        platforms: ["linux/arm64"],
      }),
    );
    expect(policy.strategy.name).toBe("newest-build");
    expect(policy.forceUpdate).toBe(true);
    expect(["v1", "v1-rc", "1"].map((tag) => policy.tags.test(tag))).toEqual([true, false, false]);
    expect(policy.pullSecret).toEqual({ kind: "pullsecret", namespace: "argocd", name: "hub" });
    expect(policy.platforms).toEqual(["linux/arm64"]);
  });
});

describe("parseImagePolicy on a strategy", () => {
  it.each([
    ["semver", "semver", []],
    ["SemVer", "semver", []],
    ["latest", "newest-build", ["warning deprecated-value"]],
    ["name", "alphabetical", ["warning deprecated-value"]],
    ["Oldest", "oldest", []],
    ["newest", "semver", ["warning unknown-strategy"]],
    [" newest-build\n", "newest-build", []],
    ["", "semver", ["warning unknown-strategy"]],
  ])("%j uses %s and says %j", (updateStrategy, name, expected) => {
    const input = settings("nginx", { updateStrategy });
    expect(policyOf(input, { strategies: [oldest] }).strategy.name).toBe(name);
    expect(codesOf(input, { strategies: [oldest] })).toEqual(expected);
  });

  it("that is unknown names the known ones, a consumer's among them", () => {
    const input = settings("nginx", { updateStrategy: "newest" });
    const { value, diagnostics } = parseImagePolicy(input, { strategies: [oldest] });
    expect(value?.unknownStrategy).toBe("newest");
    expect(diagnostics).toMatchObject([
      { where: { image: "web", offset: 0, length: 6 }, code: "unknown-strategy" },
    ]);
    for (const word of ['"newest"', "semver", "newest-build", "alphabetical", "digest", "oldest"]) {
      expect(diagnostics[0]?.message).toContain(word);
    }
  });

  it.each([
    [false, "semver is used in its place unless the updater is given a strategy of that name"],
    [true, "the image is not updated unless the updater is given a strategy of that name"],
  ])("that is unknown says what happens (strict: %s)", (strict, expected) => {
    const input = settings("nginx", { updateStrategy: "newest" });
    const [found] = parseImagePolicy(input, { strict }).diagnostics;
    expect(found?.message).toContain(expected);
  });

  it("that is unknown is the image's error when strict, and says nothing about semver", () => {
    const input = settings("nginx:no-version", { updateStrategy: "newest" });
    expect(parseImagePolicy(input, { strict: true }).value).toBeUndefined();
    expect(codesOf(input, { strict: true })).toEqual(["error unknown-strategy"]);
  });

  it("repeats what the strategy says of the constraint, at the constraint's place", () => {
    const { diagnostics } = parseImagePolicy(settings("localhost:5000/app:v1.0.0@sha256:aa"));
    const found = diagnostics.find(({ code }) => code === "exact-constraint-never-moves");
    expect(found?.where).toEqual({ image: "web", offset: 19, length: 6 });
  });

  it("adds a strategy's own offset to the constraint's", () => {
    const picky: UpdateStrategy = {
      ...oldest,
      inspect: () => [
        {
          severity: "info",
          code: "invalid-constraint",
          where: { offset: 2, length: 1 },
          message: "?",
        },
      ],
    };
    const input = settings("nginx:a-b", { updateStrategy: "oldest" });
    const { diagnostics } = parseImagePolicy(input, { strategies: [picky] });
    expect(diagnostics).toMatchObject([{ where: { offset: 8, length: 1 } }]);
  });

  it("that needs a constraint and has none is an error at the image, which is kept", () => {
    const input = settings("nginx", { updateStrategy: "digest" });
    expect(policyOf(input).strategy.name).toBe("digest");
    expect(parseImagePolicy(input).diagnostics).toMatchObject([
      { severity: "error", code: "invalid-constraint", where: { offset: 0, length: 5 } },
    ]);
  });

  it("that throws on the constraint gives a diagnostic, and the image is kept", () => {
    const broken: UpdateStrategy = {
      ...oldest,
      inspect() {
        throw new TypeError("no constraint");
      },
    };
    const input = settings("nginx:1", { updateStrategy: "oldest" });
    const { value, diagnostics } = parseImagePolicy(input, { strategies: [broken] });
    expect(value?.strategy).toBe(broken);
    expect(diagnostics).toMatchObject([
      { severity: "error", code: "strategy-failed", where: { image: "web", offset: 6, length: 1 } },
    ]);
    expect(diagnostics[0]?.message).toContain("TypeError: no constraint");
  });
});

describe("parseImagePolicy on wrong settings", () => {
  it.each<[string, CommonUpdateSettings, string, object]>([
    [
      "a broken pattern",
      { allowTags: "regexp:(" },
      "error invalid-tag-pattern",
      { offset: 7, length: 1 },
    ],
    ["an unanchored pattern", { allowTags: "regexp:v" }, "info unanchored-pattern", { offset: 7 }],
    ["a malformed glob", { ignoreTags: ["a", "[b"] }, "warning invalid-glob", {}],
    [
      "a platform that is none",
      { platforms: ["linux/amd64", "arm"] },
      "error invalid-platform",
      { offset: 0, length: 3 },
    ],
    [
      "a credential reference that is none",
      { pullSecret: "secret:x" },
      "error invalid-credential-reference",
      { offset: 0, length: 8 },
    ],
    [
      "a script that is not absolute",
      { pullSecret: "ext:run.sh" },
      "warning invalid-credential-reference",
      { offset: 0, length: 10 },
    ],
  ])("keeps the image with %s, and says so", (_what, common, expected, where) => {
    const input = settings("nginx", common);
    expect(parseImagePolicy(input).value).toBeDefined();
    expect(codesOf(input)).toEqual([expected]);
    expect(parseImagePolicy(input).diagnostics).toMatchObject([
      { where: { image: "web", ...where } },
    ]);
  });

  it("reads the image with the registry's own credentials when the pull secret is wrong", () => {
    expect(policyOf(settings("nginx", { pullSecret: "no:such" }))).not.toHaveProperty("pullSecret");
  });

  it("does not repeat what may be a password written as a pull secret", () => {
    const { diagnostics } = parseImagePolicy(settings("nginx", { pullSecret: "bob:hunter2" }));
    expect(diagnostics).toHaveLength(1);
    expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
  });

  it.each([
    ["secret:argocd/hub#creds", []],
    ["secret:other/hub#creds", ["error foreign-secret-namespace"]],
    ["SECRET:other/hub#creds", ["error foreign-secret-namespace"]],
    ["pullsecret:other/hub", ["error foreign-secret-namespace"]],
    ["ghcr.io=pullsecret:other/hub", ["error foreign-secret-namespace"]],
    ["env:OTHER", []],
  ])("of the pull secret %s in an Application of argocd says %j", (pullSecret, expected) => {
    const input = settings("nginx", { pullSecret });
    expect(codesOf(input, { applicationNamespace: "argocd" })).toEqual(expected);
    expect(policyOf(input, { applicationNamespace: "argocd" }).pullSecret).toBeDefined();
    expect(codesOf(input)).toEqual([]);
  });

  it("refuses two kinds of targets for one image", () => {
    const input = {
      ...settings("nginx"),
      manifestTargets: { helm: { tag: "tag" }, kustomize: { name: "nginx" } },
    };
    expect(parseImagePolicy(input).value).toBeUndefined();
    expect(codesOf(input)).toEqual(["error conflicting-targets"]);
  });
});

describe("the places of parseImagePolicy's diagnostics", () => {
  it("are those that locate gives, with the item of a list, and offsets count from there", () => {
    const input = settings("nginx:1.0", {
      updateStrategy: "name",
      allowTags: "regexp:(",
      ignoreTags: ["[a", "b", "[c"],
      platforms: ["linux/amd64", "arm"],
      pullSecret: "no",
    });
    const { diagnostics } = parseImagePolicy(
      { ...input, commonUpdateSettings: { ...input.commonUpdateSettings, updateStrategy: "x" } },
      {
        locate: (setting, item) => ({ field: `${setting}[${item ?? ""}]`, offset: 100, length: 9 }),
      },
    );
    const places = diagnostics.map(({ where }) => [where.field, where.offset, where.length]);
    expect(places).toEqual([
      ["updateStrategy[]", 100, 1],
      ["imageName[]", 106, 3],
      ["allowTags[]", 107, 1],
      ["ignoreTags[0]", 100, 9],
      ["ignoreTags[2]", 100, 9],
      ["platforms[1]", 100, 3],
      ["pullSecret[]", 100, 2],
    ]);
    expect(new Set(diagnostics.map(({ where }) => where.image))).toEqual(new Set(["web"]));
  });
});

describe("secretNamespace", () => {
  it.each([
    [{ kind: "secret", namespace: "a", name: "b", field: "c" } as const, "a"],
    [{ kind: "pullsecret", namespace: "a", name: "b" } as const, "a"],
    [{ kind: "env", variable: "A" } as const, undefined],
    [{ kind: "ext", path: "/a" } as const, undefined],
    [undefined, undefined],
  ])("of %j is %s", (reference, expected) => {
    expect(secretNamespace(reference)).toBe(expected);
  });
});
