import { describe, expect, it } from "vitest";

import { overrideFilePath } from "../../src/overrides/override-file-name.js";
import { vectors } from "./vectors.js";

const OWNER = {
  applicationName: "web",
  applicationNamespace: "argocd",
  controllerNamespace: "argocd",
};

describe("overrideFilePath", () => {
  it.each([
    ["", ".argocd-source-web.yaml"],
    [".", ".argocd-source-web.yaml"],
    ["./", ".argocd-source-web.yaml"],
    ["/", ".argocd-source-web.yaml"],
    ["apps/web", "apps/web/.argocd-source-web.yaml"],
    ["/apps//web/", "apps/web/.argocd-source-web.yaml"],
    ["apps/./x/../web", "apps/web/.argocd-source-web.yaml"],
  ])("stands in the source path %o", (sourcePath, expected) => {
    expect(overrideFilePath({ ...OWNER, sourcePath })).toBe(expected);
  });

  it.each(["..", "a/../..", "/../a"])("refuses %o, which leads out of the repository", (path) => {
    expect(() => overrideFilePath({ ...OWNER, sourcePath: path })).toThrow(
      expect.objectContaining({ name: "EditError", code: "path-outside-repository" }),
    );
  });

  it.each([
    ["argocd", "argocd", ".argocd-source-web.yaml"],
    ["team", "argocd", ".argocd-source-team_web.yaml"],
    ["team", "default", ".argocd-source-web.yaml"],
    ["", "argocd", ".argocd-source-web.yaml"],
  ])(
    "names an application in %o for an updater in %o",
    (applicationNamespace, controllerNamespace, expected) => {
      const owner = { applicationName: "web", applicationNamespace, controllerNamespace };
      expect(overrideFilePath({ ...owner, sourcePath: "" })).toBe(expected);
    },
  );

  it.each([
    ["../web", "argocd"],
    ["/../../web", "argocd"],
    ["x/y", "argocd"],
    ["x\\y", "argocd"],
    ["x\ny", "argocd"],
    ["web", "../../team"],
    ["web", "/team"],
    ["web", "team\\.."],
  ])("refuses the name %j in %j, which could leave the folder", (name, namespace) => {
    const owner = { ...OWNER, applicationName: name, applicationNamespace: namespace };
    expect(() => overrideFilePath({ ...owner, sourcePath: "apps/web" })).toThrow(
      expect.objectContaining({ name: "EditError", code: "invalid-path" }),
    );
  });

  it.each(vectors("default-target"))("$id", ({ input, expected }) => {
    const { appName, appNamespace, sourcePath, controllerNamespace } = input as Readonly<
      Record<"appName" | "appNamespace" | "sourcePath" | "controllerNamespace", string>
    >;
    const owner = {
      applicationName: appName,
      applicationNamespace: appNamespace,
      controllerNamespace,
    };
    expect(overrideFilePath({ ...owner, sourcePath })).toBe(expected);
  });
});
