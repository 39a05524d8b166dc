import { describe, expect, it } from "vitest";
import { parseAnnotations } from "../../src/annotations/parse-annotations.js";
import { diagnosticsOf, prefixed } from "./annotate.js";

describe("a key that nothing reads", () => {
  it.each([
    ["alow-tags", "allow-tags"],
    ["allowTags", "allow-tags"],
    ["update_strategy", "update-strategy"],
    ["write-back-methode", "write-back-method"],
    ["gitbranch", "git-branch"],
    ["web.alow-tags", "web.allow-tags"],
    ["web.update-stategy", "web.update-strategy"],
    ["web.platform", "web.platforms"],
    ["web.helm.imagetag", "web.helm.image-tag"],
    ["my.api.ignore-tag", "my.api.ignore-tags"],
    ["wbe.platform", "wbe.platforms"],
    ["webb.allow-tags", "web"],
    ["image-lists", "image-list"],
  ])("is a warning: %s says %s", (key, expected) => {
    const list = "web=nginx, my.api=redis";
    const found = diagnosticsOf({ "image-list": list, [key]: "any" });
    expect(found).toMatchObject([{ severity: "warning", code: "unknown-annotation" }]);
    expect(found[0]?.message).toContain(`did you mean "${expected}"?`);
  });

  it.each(["zzz", "web.zzz", `${"x".repeat(10_000)}.allow-tag`, "......", "a.b.c.d.e.f"])(
    "says nothing of what was meant where nothing is near: %.20s",
    (key) => {
      const found = diagnosticsOf({ "image-list": "web=nginx", [key]: "any" });
      expect(found).toMatchObject([{ severity: "warning", code: "unknown-annotation" }]);
      expect(found[0]?.message).not.toContain("did you mean");
    },
  );

  it("names the nearest setting that only this SDK has", () => {
    const own = "image-updater.dev/pullrequest";
    const { diagnostics } = parseAnnotations({
      ...prefixed({ "image-list": "nginx" }),
      [own]: "x",
    });
    expect(diagnostics[0]?.message).toContain('did you mean "pull-request"?');
  });
});

describe("without image-list", () => {
  it.each([
    "argocd-image-updater.argoproj.io/images-list",
    "argocd-image-updater.argoproj.io/imageList",
    "argocd-image-updater.argoproj.io/images",
    "argocd-image-updater.argoproj.io/image_list",
    "argocd-imageupdater.argoproj.io/image-list",
    "argocd-image-updater.argoproj.com/image-list",
  ])("the key %s is a warning", (key) => {
    expect(parseAnnotations({ [key]: "nginx" })).toMatchObject({
      value: undefined,
      diagnostics: [
        { severity: "warning", code: "unknown-annotation", where: { annotation: key } },
      ],
    });
  });

  it.each([
    "argocd-image-updater.argoproj.io/update-strategy",
    "example.com/image-list",
    "example.com/images",
    "argocd.argoproj.io/sync-wave",
    "notifications.argoproj.io/subscribe.on-sync-succeeded.slack",
  ])("the key %s is not", (key) => {
    expect(parseAnnotations({ [key]: "nginx" })).toEqual({ value: undefined, diagnostics: [] });
  });
});

it.each(["ghcr.io/o/*", "*:edge", "ghcr.io/o/app-?", "ghcr.io/[ab]/x"])(
  "says that %s is not a wildcard",
  (image) => {
    const [found] = diagnosticsOf({ "image-list": `a=${image}` });
    expect(found).toMatchObject({ severity: "warning", code: "invalid-image-reference" });
    expect(found?.message).toContain("without wildcards");
  },
);

it.each([
  ["newset-build", "newest-build"],
  ["sevmer", "semver"],
  ["alphabetic", "alphabetical"],
])("names the strategy nearest to %s", (word, expected) => {
  const [found] = diagnosticsOf({ "image-list": "a=nginx", "update-strategy": word });
  expect(found).toMatchObject({ severity: "warning", code: "unknown-strategy" });
  expect(found?.message).toContain(`did you mean "${expected}"?`);
});
