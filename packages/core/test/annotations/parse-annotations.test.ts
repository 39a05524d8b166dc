import { describe, expect, it } from "vitest";
import { parseAnnotations } from "../../src/annotations/parse-annotations.js";
import type { UpdateStrategy } from "../../src/strategy/update-strategy.js";
import { annotated, diagnosticsOf, onlyPolicy, prefixed, shortly } from "./annotate.js";

const oldest: UpdateStrategy = {
  name: "oldest",
  needs: "names",
  constraint: "optional",
  identity: "tag",
  choose: () => ({ kind: "none", reason: "never" }),
};

describe("parseAnnotations on image-list", () => {
  it("has no value and nothing to say without one: the Application is not managed", () => {
    expect(parseAnnotations({})).toEqual({ value: undefined, diagnostics: [] });
    const other = { "example.com/owner": "me", ...prefixed({ "update-strategy": "digest" }) };
    expect(parseAnnotations(other)).toEqual({ value: undefined, diagnostics: [] });
  });

  it.each(["", " ", " , ,"])("has no value and an error for %j", (list) => {
    const { value, diagnostics } = parseAnnotations(prefixed({ "image-list": list }));
    expect(value).toBeUndefined();
    expect(diagnostics.map(shortly)).toEqual(["error invalid-image-list image-list " + list]);
  });

  it("gives a policy per entry, in order", () => {
    const { images } = annotated({ "image-list": "web=nginx:1.20, , api=ghcr.io/o/api:~1,redis" });
    expect(
      images.map(({ alias, image, constraint }) => [alias, image.toString(), constraint]),
    ).toEqual([
      ["web", "nginx", "1.20"],
      ["api", "ghcr.io/o/api", "~1"],
      [undefined, "redis", undefined],
    ]);
  });

  it("drops a wrong entry only, and counts it as an invalid image", () => {
    const { images, invalidImages } = annotated({ "image-list": "web=, api=nginx" });
    expect(images.map(({ alias }) => alias)).toEqual(["api"]);
    expect(invalidImages).toMatchObject([{ text: "web=", problem: { severity: "error" } }]);
  });

  it("counts wrong entries also where there are no others", () => {
    const { images, invalidImages } = annotated({ "image-list": "web=" });
    expect(images).toEqual([]);
    expect(invalidImages.map(({ text }) => text)).toEqual(["web="]);
  });

  it("takes no alias out of a constraint", () => {
    const policy = onlyPolicy({ "image-list": "nginx:>=1.0" });
    expect(policy).toMatchObject({ image: { repository: "nginx" }, constraint: ">=1.0" });
    expect(onlyPolicy({ "image-list": "=nginx:1.x" })).toMatchObject({ constraint: "1.x" });
  });
});

describe("parseAnnotations on the settings of an image", () => {
  it("reads all of them", () => {
    const policy = onlyPolicy(
      {
        "image-list": "web=ghcr.io/org/app:1.x",
        "web.update-strategy": "newest-build",
        "web.allow-tags": "regexp:^v",
        "web.ignore-tags": "latest, *-rc",
        "web.force-update": "true",
        "web.pull-secret": " pullsecret:argocd/hub ",
        "web.platforms": "linux/amd64, linux/arm64",
        "web.helm.image-name": " image.repository ",
        "web.helm.image-tag": "image.version",
        "web.helm.image-spec": "image.full",
      },
      { applicationNamespace: "argocd" },
    );
    expect(policy).toMatchObject({
      alias: "web",
      forceUpdate: true,
      pullSecret: { kind: "pullsecret", namespace: "argocd", name: "hub" },
      platforms: ["linux/amd64", "linux/arm64"],
      targets: { helm: { name: "image.repository", tag: "image.version", spec: "image.full" } },
    });
    expect(policy.strategy.name).toBe("newest-build");
    const passing = ["v1", "v1-rc", "latest", "1"].filter((tag) => policy.tags.test(tag));
    expect(passing).toEqual(["v1"]);
  });

  it("reads the Kustomize name", () => {
    const policy = onlyPolicy({
      "image-list": "web=nginx",
      "web.kustomize.image-name": "quay.io/a",
    });
    expect(policy.targets).toEqual({ kustomize: { name: "quay.io/a" } });
  });

  it.each([
    ["update-strategy", "alphabetical"],
    ["allow-tags", "regexp:^a$"],
    ["ignore-tags", "a"],
    ["force-update", "true"],
    ["pull-secret", "env:A"],
  ])("reads %s for the whole application, and lets the image override it", (key, value) => {
    const list = { "image-list": "web=nginx,redis" };
    const of = (settings: Record<string, string>): unknown =>
      annotated({ ...list, ...settings }).images.map((policy) => [
        policy.strategy.name,
        policy.tags.test("a"),
        policy.tags.test("b"),
        policy.forceUpdate,
        policy.pullSecret,
      ]);
    const none = of({});
    const everywhere = of({ [key]: value });
    const onlyWeb = of({ [`web.${key}`]: value });
    expect(everywhere).not.toEqual(none);
    expect(onlyWeb).not.toEqual(none);
    expect(onlyWeb).not.toEqual(everywhere);
    const other: Record<string, string> = {
      "update-strategy": "digest",
      "allow-tags": "regexp:^b$",
      "ignore-tags": "b",
      "force-update": "false",
      "pull-secret": "env:B",
    };
    const overridden = annotated({ ...list, [key]: other[key] ?? "", [`web.${key}`]: value });
    const [web] = annotated({ ...list, [`web.${key}`]: value }).images;
    expect(JSON.stringify(overridden.images[0])).toBe(JSON.stringify(web));
  });

  it("takes a blank value as none, so the application's holds", () => {
    const policy = onlyPolicy({
      "image-list": "web=nginx",
      "update-strategy": "digest",
      "web.update-strategy": " ",
    });
    expect(policy.strategy.name).toBe("digest");
  });

  it("gives an entry without alias the application's settings only", () => {
    const policy = onlyPolicy({ "image-list": "nginx", "update-strategy": "digest", ".x": "y" });
    expect(policy.strategy.name).toBe("digest");
    expect(policy.targets).toEqual({});
  });

  it("reads / in an alias as it is, and as _ as releases before 1.0 wrote it", () => {
    const list = { "image-list": "a/b=nginx" };
    const exact = onlyPolicy({ ...list, "a/b.update-strategy": "digest" });
    expect(exact.strategy.name).toBe("digest");
    const old = { ...list, "a_b.update-strategy": "digest" };
    expect(onlyPolicy(old).strategy.name).toBe("digest");
    expect(diagnosticsOf(old).map(({ code }) => code)).not.toContain("unknown-annotation");
    const both = { ...list, "a/b.allow-tags": "regexp:^a$", "a_b.allow-tags": "regexp:^b$" };
    expect(onlyPolicy(both).tags.test("a")).toBe(true);
  });

  it.each([
    ["latest", "newest-build"],
    ["name", "alphabetical"],
  ])("reads the old strategy name %s as %s, with a warning", (word, name) => {
    const settings = { "image-list": "web=nginx", "web.update-strategy": word };
    expect(onlyPolicy(settings).strategy.name).toBe(name);
    const found = diagnosticsOf(settings).map(shortly);
    expect(found).toEqual(["warning deprecated-value web.update-strategy web"]);
  });

  it("knows a strategy that the consumer passes, by its name in any case", () => {
    const settings = { "image-list": "web=nginx", "web.update-strategy": "Oldest" };
    expect(onlyPolicy(settings, { strategies: [oldest] }).strategy).toBe(oldest);
    expect(diagnosticsOf(settings, { strategies: [oldest] })).toEqual([]);
  });
});

describe("parseAnnotations on tag-match", () => {
  const list = { "image-list": "web=nginx" };

  it("reads it where no allow-tags says anything, with a warning", () => {
    const settings = { ...list, "web.tag-match": "regexp:^v", "web.allow-tags": "" };
    expect(onlyPolicy(settings).tags.test("1")).toBe(false);
    expect(diagnosticsOf(settings).map(shortly)).toEqual([
      "warning deprecated-annotation web.tag-match web",
    ]);
  });

  it.each(["web.allow-tags", "allow-tags"])("says that it is not read beside %s", (key) => {
    const settings = { ...list, "web.tag-match": "regexp:^v", [key]: "regexp:^a" };
    expect(onlyPolicy(settings).tags.test("a")).toBe(true);
    const [warning, ...others] = diagnosticsOf(settings);
    expect(others).toEqual([]);
    expect(warning?.message).toContain("not read");
    expect(warning?.message).toContain(`/${key}"`);
  });

  it("names tag-match where its pattern is broken", () => {
    const settings = { ...list, "web.tag-match": "regexp:(" };
    expect(diagnosticsOf(settings).map(shortly)).toEqual([
      "error invalid-tag-pattern web.tag-match web",
      "warning deprecated-annotation web.tag-match web",
    ]);
  });
});

describe("parseAnnotations on write-back", () => {
  const list = { "image-list": "nginx" };

  it("reads all of its annotations", () => {
    const { writeBack } = annotated({
      ...list,
      "write-back-method": " git:secret:argocd/creds ",
      "write-back-target": "helmvalues:values.yaml",
      "git-branch": "main:img-{{.SHA256}}",
      "git-repository": "https://x/y.git",
    });
    expect(writeBack).toEqual({
      method: "git",
      credentials: { kind: "secret", namespace: "argocd", name: "creds" },
      target: { kind: "helmvalues", path: "values.yaml" },
      repository: "https://x/y.git",
      baseBranch: "main",
      branchTemplate: "img-{{.SHA256}}",
    });
  });

  it("is the Application itself without annotations", () => {
    expect(annotated(list).writeBack).toEqual({ method: "argocd", target: { kind: "override" } });
  });

  it("is undefined when one is wrong, and the images keep their policies", () => {
    const settings = { ...list, "write-back-method": "git", "git-branch": "a:b:c" };
    const { images, writeBack } = annotated(settings);
    expect(images).toHaveLength(1);
    expect(writeBack).toBeUndefined();
    expect(diagnosticsOf(settings).map(shortly)).toEqual(["error invalid-git-branch git-branch"]);
  });

  it("names a Git setting that the method does not use", () => {
    const settings = { ...list, "git-branch": "main" };
    expect(diagnosticsOf(settings).map(shortly)).toEqual(["warning unused-write-back git-branch"]);
  });

  it("refuses a Git secret of another namespace", () => {
    const settings = { ...list, "write-back-method": "git:secret:other/creds" };
    expect(annotated(settings, { applicationNamespace: "argocd" }).writeBack).toBeUndefined();
    expect(annotated(settings, { applicationNamespace: "other" }).writeBack).toBeDefined();
  });
});
