import {
  hasErrors,
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticLocation,
  type Parsed,
} from "../errors/diagnostic.js";
import type {
  GitCredentialReference,
  WriteBackFile,
  WriteBackSettings,
} from "../ports/write-back-settings.js";
import type { WriteBackConfig } from "./write-back-config.js";

/** A write-back setting by name, so that a diagnostic can say where it was written. */
export type WriteBackSettingName = "method" | "repository" | "branch" | "writeBackTarget";

/** How write-back settings are understood. */
export interface WriteBackOptions {
  /** Namespace of the Application; a Git secret of another one is refused, as upstream does since 1.3. */
  readonly applicationNamespace?: string | undefined;
  /** Says where a setting was written. */
  readonly locate?: ((setting: WriteBackSettingName) => DiagnosticLocation) | undefined;
}

/**
 * Parses write-back settings; the value is undefined when any of them is wrong, because a guess would
 * write to a place nobody asked for.
 */
export function parseWriteBack(
  config: WriteBackConfig,
  options: WriteBackOptions = {},
): Parsed<WriteBackSettings> {
  const git = config.gitConfig ?? {};
  const method = parseMethod(config.method ?? "argocd", options.applicationNamespace);
  const target = parseTarget(git.writeBackTarget ?? "");
  const branch = parseGitBranch(git.branch ?? "");
  const located = (
    setting: WriteBackSettingName,
    found: readonly Diagnostic[],
  ): readonly Diagnostic[] =>
    found.map((one) => ({ ...one, where: { ...one.where, ...options.locate?.(setting) } }));
  const diagnostics = [
    ...located("method", method.diagnostics),
    ...located("writeBackTarget", target.diagnostics),
    ...located("branch", branch.diagnostics),
    ...located("method", unusedSettings(config)),
  ];
  if (hasErrors(diagnostics) || method.value === undefined || target.value === undefined) {
    return { value: undefined, diagnostics };
  }
  const value: WriteBackSettings = {
    ...method.value,
    target: target.value,
    ...(git.repository === undefined ? {} : { repository: git.repository }),
    ...branch.value,
  };
  return { value, diagnostics };
}

/**
 * Parses `git-branch`: `base`, `base:template` or `:template`.
 *
 * A second colon is an error, as in Argo CD Image Updater, so a template cannot hold one.
 */
export function parseGitBranch(
  text: string,
): Parsed<Pick<WriteBackSettings, "baseBranch" | "branchTemplate">> {
  const parts = text.trim().split(":");
  if (parts.length > 2) {
    const message = `"${text}" has more than one colon; write "base", "base:template" or ":template"`;
    return { value: undefined, diagnostics: [problem("invalid-git-branch", message)] };
  }
  const [base = "", template = ""] = parts.map((part) => part.trim());
  return {
    value: {
      ...(base === "" ? {} : { baseBranch: base }),
      ...(template === "" ? {} : { branchTemplate: template }),
    },
    diagnostics: [],
  };
}

function parseMethod(
  text: string,
  applicationNamespace: string | undefined,
): Parsed<Pick<WriteBackSettings, "method" | "credentials">> {
  const method = text.trim();
  if (method === "argocd") return { value: { method: "argocd" }, diagnostics: [] };
  if (method === "git" || method === "git:repocreds") {
    return { value: { method: "git", credentials: { kind: "repocreds" } }, diagnostics: [] };
  }
  const secret = parseGitSecret(method);
  if (secret === undefined) {
    const message = `"${text}" is no write-back method; write "argocd", "git", "git:repocreds" or "git:secret:namespace/name"`;
    return { value: undefined, diagnostics: [problem("invalid-write-back-method", message)] };
  }
  const foreign =
    secret.namespace !== undefined &&
    applicationNamespace !== undefined &&
    secret.namespace !== applicationNamespace;
  if (foreign) {
    const message = `the secret is in namespace "${secret.namespace}"; an Application may only use secrets of its own namespace "${applicationNamespace}"`;
    return { value: undefined, diagnostics: [problem("foreign-secret-namespace", message)] };
  }
  return { value: { method: "git", credentials: secret }, diagnostics: [] };
}

function parseGitSecret(
  method: string,
): Extract<GitCredentialReference, { kind: "secret" }> | undefined {
  const prefix = "git:secret:";
  if (!method.startsWith(prefix)) return undefined;
  const parts = method.slice(prefix.length).split("/");
  const [first = "", second] = parts;
  if (parts.length > 2 || first === "" || second === "") return undefined;
  if (second === undefined) return { kind: "secret", name: first };
  return { kind: "secret", namespace: first, name: second };
}

const KUSTOMIZATION_FILES: ReadonlySet<string> = new Set([
  "kustomization.yaml",
  "kustomization.yml",
  "Kustomization",
]);

/**
 * Parses `write-back-target`.
 *
 * A bare path starts at the repository's root. Ending in `.yaml` or `.yml` without the name of an
 * override file, it is a Helm values file, as in Argo CD Image Updater.
 */
function parseTarget(text: string): Parsed<WriteBackFile> {
  const target = text.trim();
  if (target === "") return { value: { kind: "override" }, diagnostics: [] };
  const [word = "", ...rest] = target.split(":");
  const path = rest.length === 0 ? undefined : rest.join(":");
  if (word === "kustomization" || word === "helmvalues") {
    return { value: { kind: word, ...(path === undefined ? {} : { path }) }, diagnostics: [] };
  }
  const name = target.split("/").at(-1) ?? "";
  if (KUSTOMIZATION_FILES.has(name)) {
    const directory = target.slice(0, -name.length) || ".";
    const message = `"${text}" names a kustomization file; write "kustomization:/${directory}"`;
    return { value: undefined, diagnostics: [problem("invalid-write-back-target", message)] };
  }
  const isValuesFile = /\.ya?ml$/u.test(name) && !name.startsWith(".argocd-source-");
  const kind = isValuesFile ? "helmvalues" : "override";
  return { value: { kind, path: `/${target.replace(/^\/+/u, "")}` }, diagnostics: [] };
}

function unusedSettings(config: WriteBackConfig): readonly Diagnostic[] {
  const method = (config.method ?? "argocd").trim();
  const set = Object.entries(config.gitConfig ?? {}).filter(([, value]) => value !== undefined);
  if (method !== "argocd" || set.length === 0) return [];
  const message = `Git settings are given, but the write-back method is "argocd"; they are not used`;
  return [{ severity: "warning", code: "unused-write-back", where: {}, message }];
}

function problem(code: DiagnosticCode, message: string): Diagnostic {
  return { severity: "error", code, where: {}, message };
}
