import { createMemoryLogger } from "@image-updater/core/testing";
import { readApplication, type Application } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import { imagePlatform } from "../../../examples/controller/src/image-platform.js";
import { hasAllOf, imagesIn, type Trigger } from "../../../examples/controller/src/trigger.js";
import { withOwners } from "../../../examples/controller/src/with-owners.js";
import { applicationManifest } from "../support/application-manifest.js";

const PUSH: Trigger = {
  kind: "push",
  event: { kind: "harbor", registry: "registry.example.com", repository: "acme/web" },
};
const APPLICATION: Trigger = { kind: "application", namespace: "argocd", name: "web" };
const UPDATER: Trigger = { kind: "image-updater", namespace: "argocd", name: "team" };

const image = {
  application: { namespace: "argocd", name: "web" },
  host: "registry.example.com",
  path: "acme/web",
};
const other = {
  application: { namespace: "other", name: "web" },
  host: "ghcr.io",
  path: "acme/web",
};
const ownerOf = ({ namespace }: { namespace: string }): string | undefined =>
  namespace === "argocd" ? "argocd/team" : undefined;

describe("a scope", () => {
  it.each<[string, Trigger]>([
    ["a push", PUSH],
    ["an Application", APPLICATION],
    ["an ImageUpdater", UPDATER],
  ])("of %s has its images, and no others", (_, trigger) => {
    const isIn = imagesIn([trigger], ownerOf);
    expect([isIn?.(image), isIn?.(other)]).toEqual([true, false]);
  });

  it("of several triggers has the images of each", () => {
    const elsewhere: Trigger = { ...APPLICATION, namespace: "other" };
    const isIn = imagesIn([PUSH, elsewhere], ownerOf);
    expect([isIn?.(image), isIn?.(other)]).toEqual([true, true]);
  });

  it("of everything leaves nothing out", () => {
    expect(imagesIn("everything", ownerOf)).toBeUndefined();
  });

  it("has all of an ImageUpdater when it is about it", () => {
    expect(hasAllOf("everything", "argocd/team")).toBe(true);
    expect(hasAllOf([PUSH, UPDATER], "argocd/team")).toBe(true);
    const namesake: Trigger = { ...APPLICATION, name: "team" };
    expect(hasAllOf([PUSH, APPLICATION, namesake], "argocd/team")).toBe(false);
  });
});

describe("lines about an Application", () => {
  const application = (name: string, namespace: string): Application => {
    const annotations = { "image-list": "acme/web" };
    const { value } = readApplication(
      applicationManifest({
        name,
        namespace,
        repositoryUrl: "https://git.example.com",
        annotations,
      }),
    );
    if (value === undefined) throw new Error("no Application");
    return value;
  };

  it.each([
    ["its ImageUpdater", [application("web", "argocd")], { imageUpdater_name: "team" }],
    ["nobody when its annotations are used", [application("web", "other")], {}],
    [
      "nobody when another one has the same name",
      [application("web", "argocd"), application("web", "other")],
      {},
    ],
  ])("name %s", (_, applications, expected) => {
    const logger = createMemoryLogger();
    withOwners(logger, { applications, ownerOf, diagnostics: [] }).info({ application: "web" }, "");
    withOwners(logger, { applications, ownerOf, diagnostics: [] }).info({}, "");
    const namespace = "imageUpdater_name" in expected ? { imageUpdater_namespace: "argocd" } : {};
    const fields = { application: "web", ...expected, ...namespace };
    expect(logger.entries.map((entry) => entry.fields)).toEqual([fields, {}]);
  });
});

it.each([
  ["x64", "linux/amd64"],
  ["arm64", "linux/arm64"],
])("on %s images are wanted for %s", (architecture, platform) => {
  expect(imagePlatform(architecture)).toBe(platform);
});
