import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGitBranch, parseWriteBack } from "../../src/policy/parse-write-back.js";
import type { GitConfig, WriteBackConfig } from "../../src/policy/write-back-config.js";
import { loadUpstreamVectors } from "../version/load-vectors.js";

function git(gitConfig: GitConfig): WriteBackConfig {
  return { method: "git", gitConfig };
}

function codesOf(config: WriteBackConfig, applicationNamespace?: string): readonly string[] {
  const { diagnostics } = parseWriteBack(config, { applicationNamespace });
  return diagnostics.map(({ severity, code }) => `${severity} ${code}`);
}

describe("parseWriteBack on a method", () => {
  it.each([
    [undefined, { method: "argocd" }],
    ["", { method: "argocd" }],
    ["argocd", { method: "argocd" }],
    [" argocd ", { method: "argocd" }],
    ["git", { method: "git", credentials: { kind: "repocreds" } }],
    ["git:repocreds", { method: "git", credentials: { kind: "repocreds" } }],
    ["git:secret:creds", { method: "git", credentials: { kind: "secret", name: "creds" } }],
    [
      " git:secret:argocd/creds ",
      { method: "git", credentials: { kind: "secret", namespace: "argocd", name: "creds" } },
    ],
  ])("reads %j", (method, expected) => {
    const { value, diagnostics } = parseWriteBack({ method }, { applicationNamespace: "argocd" });
    expect(value).toEqual({ ...expected, target: { kind: "override" } });
    expect(diagnostics).toEqual([]);
  });

  it.each([
    "Git",
    "gitops",
    "git:",
    "git:secret",
    "git:secret:",
    "git:secret:/creds",
    "git:secret:argocd/",
    "git:secret:a/b/c",
    "git:token",
  ])("refuses %j: nothing may be written", (method) => {
    const { value, diagnostics } = parseWriteBack({ method });
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: "error", code: "invalid-write-back-method" }]);
    expect(diagnostics[0]?.message).toContain(JSON.stringify(method));
  });

  it("refuses a Git secret of another namespace than the Application's", () => {
    const method = "git:secret:other/creds";
    expect(parseWriteBack({ method }, { applicationNamespace: "argocd" }).value).toBeUndefined();
    expect(codesOf({ method }, "argocd")).toEqual(["error foreign-secret-namespace"]);
    expect(codesOf({ method })).toEqual([]);
  });

  it("argocd needs no Git settings: wrong ones do not stop it, each is a warning at its place", () => {
    const gitConfig = { branch: "a:b:c", writeBackTarget: "Kustomization", repository: " " };
    const { value, diagnostics } = parseWriteBack(
      { method: "argocd", gitConfig },
      { locate: (setting) => ({ field: setting }) },
    );
    expect(value).toEqual({ method: "argocd", target: { kind: "override" } });
    expect(diagnostics).toMatchObject([
      { severity: "warning", code: "unused-write-back", where: { field: "branch" } },
      { severity: "warning", code: "unused-write-back", where: { field: "writeBackTarget" } },
    ]);
  });
});

describe("parseWriteBack on a target", () => {
  it.each([
    [undefined, { kind: "override" }],
    [" ", { kind: "override" }],
    ["kustomization", { kind: "kustomization" }],
    ["kustomization:", { kind: "kustomization", path: "" }],
    ["kustomization:../../base", { kind: "kustomization", path: "../../base" }],
    ["kustomization: ../base ", { kind: "kustomization", path: "../base" }],
    ["kustomization:/", { kind: "kustomization", path: "/" }],
    ["helmvalues", { kind: "helmvalues" }],
    ["helmvalues:./values.yaml", { kind: "helmvalues", path: "./values.yaml" }],
    ["helmvalues:/a:b.yaml", { kind: "helmvalues", path: "/a:b.yaml" }],
    ["apps/images.yaml", { kind: "helmvalues", path: "/apps/images.yaml" }],
    ["/apps/images.yml", { kind: "helmvalues", path: "/apps/images.yml" }],
    ["apps/.argocd-source-web.yaml", { kind: "override", path: "/apps/.argocd-source-web.yaml" }],
    ["apps/.argocd-source.yaml", { kind: "helmvalues", path: "/apps/.argocd-source.yaml" }],
  ])("reads %j", (writeBackTarget, expected) => {
    const { value, diagnostics } = parseWriteBack(git({ writeBackTarget }));
    expect(value?.target).toEqual(expected);
    expect(diagnostics).toEqual([]);
  });

  it.each([
    ["kustomize", 'write "kustomization"'],
    ["kustomise", 'write "kustomization"'],
    ["Kustomize", 'write "kustomization"'],
    ["helm", 'write "helmvalues"'],
    ["values", 'write "helmvalues"'],
    ["helmvaluesfoo", 'write "helmvalues"'],
    ["argocd", 'the write-back method "argocd"'],
    ["override", "leave the target out"],
    ["apps/images.json", "leave the target out"],
    ["apps/.argocd-source-web.yml.bak", "leave the target out"],
  ])("says that Argo CD never reads an override file %j, and what to write", (text, advice) => {
    const { value, diagnostics } = parseWriteBack(git({ writeBackTarget: text }));
    expect(value?.target).toEqual({ kind: "override", path: `/${text}` });
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "invalid-write-back-target" }]);
    expect(diagnostics[0]?.message).toContain(advice);
  });

  it.each([
    ["kustomization.yaml", '"kustomization:/."'],
    ["//Kustomization", '"kustomization:/."'],
    ["/overlays/prod/kustomization.yml", '"kustomization:/overlays/prod"'],
    ["base/Kustomization", '"kustomization:/base"'],
  ])("refuses %s and says to write %s", (writeBackTarget, advice) => {
    const { value, diagnostics } = parseWriteBack(git({ writeBackTarget }));
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: "error", code: "invalid-write-back-target" }]);
    expect(diagnostics[0]?.message).toContain(advice);
  });

  it.each(["kustomisation:base", "helmvalue:values.yaml", "Kustomization:base"])(
    "warns that %s is read as a path",
    (writeBackTarget) => {
      expect(parseWriteBack(git({ writeBackTarget })).value?.target.path).toBe(
        `/${writeBackTarget}`,
      );
      expect(codesOf(git({ writeBackTarget }))).toEqual(["warning invalid-write-back-target"]);
    },
  );
});

describe("parseWriteBack on repository and branch", () => {
  it("keeps both, trimmed, and leaves out what is blank", () => {
    const full = git({
      repository: " https://git.test/a.git ",
      branch: " main : img-{{.SHA256}} ",
    });
    expect(parseWriteBack(full).value).toMatchObject({
      repository: "https://git.test/a.git",
      baseBranch: "main",
      branchTemplate: "img-{{.SHA256}}",
    });
    const { value } = parseWriteBack(git({ repository: " ", branch: "" }));
    expect(Object.keys(value ?? {})).toEqual(["method", "credentials", "target"]);
  });

  it("says everything that is wrong at once, each at its place", () => {
    const { value, diagnostics } = parseWriteBack(
      { method: "svn", gitConfig: { branch: "a:b:c", writeBackTarget: "Kustomization" } },
      { locate: (setting) => ({ field: setting, offset: 3, length: 4 }) },
    );
    expect(value).toBeUndefined();
    expect(diagnostics.map(({ code, where }) => [code, where])).toEqual([
      ["invalid-write-back-method", { field: "method", offset: 3, length: 4 }],
      ["invalid-write-back-target", { field: "writeBackTarget", offset: 3, length: 4 }],
      ["invalid-git-branch", { field: "branch", offset: 3, length: 4 }],
    ]);
  });

  it("never throws, and its value is plain JSON", () => {
    const text = fc.option(fc.string(), { nil: undefined });
    const config = fc.record({
      method: fc.oneof(
        text,
        fc.string().map((rest) => `git${rest}`),
      ),
      gitConfig: fc.record({ repository: text, branch: text, writeBackTarget: text }),
    });
    fc.assert(
      fc.property(config, (settings) => {
        const { value } = parseWriteBack(settings);
        expect(JSON.parse(JSON.stringify(value ?? null))).toEqual(value ?? null);
      }),
    );
  });
});

describe("parseGitBranch", () => {
  it.each([
    ["", {}],
    ["main", { baseBranch: "main" }],
    ["main:img-{{.SHA256}}", { baseBranch: "main", branchTemplate: "img-{{.SHA256}}" }],
    [":img", { branchTemplate: "img" }],
    ["main:", { baseBranch: "main" }],
    [":", {}],
  ])("reads %j", (text, expected) => {
    expect(parseGitBranch(text)).toEqual({ value: expected, diagnostics: [] });
  });

  it("agrees with upstream", () => {
    type Expected = { base?: string; write?: string; error?: boolean };
    for (const { id, input, expected } of loadUpstreamVectors<string, Expected>("git-branch")) {
      const { value } = parseGitBranch(input);
      const actual =
        value === undefined
          ? { error: true }
          : { base: value.baseBranch ?? "", write: value.branchTemplate ?? "" };
      expect([id, actual]).toEqual([id, expected]);
    }
  });
});
