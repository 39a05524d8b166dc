import {
  hasErrors,
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticLocation,
  type Parsed,
} from "../errors/diagnostic.js";
import type {
  GitCredentialReference,
  PullRequestSettings,
  WriteBackFile,
  WriteBackSettings,
} from "../ports/write-back-settings.js";
import { parsePullRequest, type PullRequestSettingName } from "./parse-pull-request.js";
import type { GitConfig, WriteBackConfig } from "./write-back-config.js";

/** A write-back setting by name, so that a diagnostic can say where it was written. */
export type WriteBackSettingName =
  | "method"
  | "repository"
  | "branch"
  | "writeBackTarget"
  | PullRequestSettingName;

const GIT_SETTINGS = ["repository", "branch", "writeBackTarget"] as const;
const SETTING_WORDS: Readonly<Record<(typeof GIT_SETTINGS)[number], string>> = {
  repository: "the Git repository",
  branch: "the Git branch",
  writeBackTarget: "the write-back target",
};

/** How write-back settings are understood. */
export interface WriteBackOptions {
  /** Namespace of the Application; a Git secret of another one is refused, as upstream does since 1.3. */
  readonly applicationNamespace?: string | undefined;
  /** Says where a setting was written, of a list its `item`. */
  readonly locate?:
    | ((setting: WriteBackSettingName, item?: number) => DiagnosticLocation)
    | undefined;
}

type Locate = (
  setting: WriteBackSettingName,
  found: readonly Diagnostic[],
  item?: number,
) => readonly Diagnostic[];

/**
 * Parses write-back settings; the value is undefined when one that is used is wrong, because a guess
 * would write to a place nobody asked for. A blank setting counts as absent.
 *
 * The method `argocd` uses no Git settings: they are not parsed, and each that is given is a warning,
 * but a pull request is an error, since whoever asks for one wants a review before anything changes.
 */
export function parseWriteBack(
  config: WriteBackConfig,
  options: WriteBackOptions = {},
): Parsed<WriteBackSettings> {
  const locate: Locate = (setting, found, item) =>
    found.map((one) => ({ ...one, where: { ...one.where, ...options.locate?.(setting, item) } }));
  const method = parseMethod(textOf(config.method) ?? "argocd", options.applicationNamespace);
  const git = config.gitConfig ?? {};
  if (method.value?.method === "argocd") return withoutGit(git, locate);
  const target = parseTarget(textOf(git.writeBackTarget) ?? "");
  const branch = parseGitBranch(git.branch ?? "");
  const repository = textOf(git.repository);
  const pullRequest = parseReview(git, locate);
  const diagnostics = [
    ...locate("method", method.diagnostics),
    ...locate("writeBackTarget", target.diagnostics),
    ...locate("branch", branch.diagnostics),
    ...pullRequest.diagnostics,
  ];
  if (hasErrors(diagnostics) || method.value === undefined || target.value === undefined) {
    return { value: undefined, diagnostics };
  }
  const value: WriteBackSettings = {
    ...method.value,
    target: target.value,
    ...(repository === undefined ? {} : { repository }),
    ...branch.value,
    ...(pullRequest.value === undefined ? {} : { pullRequest: pullRequest.value }),
  };
  return { value, diagnostics };
}

function withoutGit(git: GitConfig, locate: Locate): Parsed<WriteBackSettings> {
  const unused = GIT_SETTINGS.filter((setting) => textOf(git[setting]) !== undefined);
  const warnings = unused.flatMap((setting) => locate(setting, [unusedSetting(setting)]));
  if (git.pullRequest === undefined) {
    const value: WriteBackSettings = { method: "argocd", target: { kind: "override" } };
    return { value, diagnostics: warnings };
  }
  const message = `a pull request needs the write-back method "git", and the method is "argocd"; write the method "git", or take the pull request out`;
  const refused = locate("pullRequest", [problem("invalid-pull-request", message)]);
  return { value: undefined, diagnostics: [...refused, ...warnings] };
}

/** The pull request; its branch is named by the updater, so none can be given. */
function parseReview(
  { pullRequest, branch = "" }: GitConfig,
  locate: Locate,
): Parsed<PullRequestSettings> {
  if (pullRequest === undefined) return { value: undefined, diagnostics: [] };
  const { value, diagnostics } = parsePullRequest(pullRequest, locate);
  const [base = "", ...rest] = branch.trim().split(":");
  // More than one colon is wrong in any mode and said already.
  if (rest.length !== 1) return { value, diagnostics };
  const right = base.trim() === "" ? "leave it out" : `write "${base.trim()}"`;
  const message = `"${branch}" names a branch to push to, and for a pull request the updater names it; ${right}`;
  const refused = locate("branch", [problem("invalid-git-branch", message)]);
  return { value: undefined, diagnostics: [...diagnostics, ...refused] };
}

/** The text without the blanks around it; `undefined` when nothing is left. */
function textOf(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
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
  if (text === "argocd") return { value: { method: "argocd" }, diagnostics: [] };
  if (text === "git" || text === "git:repocreds") {
    return { value: { method: "git", credentials: { kind: "repocreds" } }, diagnostics: [] };
  }
  const secret = parseGitSecret(text);
  if (secret === undefined) {
    const message = `"${text}" is not a write-back method; write "argocd", "git", "git:repocreds" or "git:secret:namespace/name"`;
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
  if (text === "") return { value: { kind: "override" }, diagnostics: [] };
  const [word = "", ...rest] = text.split(":");
  const path = rest.length === 0 ? undefined : rest.join(":").trim();
  if (word === "kustomization" || word === "helmvalues") {
    return { value: { kind: word, ...(path === undefined ? {} : { path }) }, diagnostics: [] };
  }
  const name = text.split("/").at(-1) ?? "";
  if (KUSTOMIZATION_FILES.has(name)) {
    // Argo CD Image Updater takes "kustomization:/" for no kustomization at all.
    const directory = text.split("/").slice(0, -1).filter(Boolean).join("/") || ".";
    const message = `"${text}" names a kustomization file; write its folder, "kustomization:/${directory}"`;
    return { value: undefined, diagnostics: [problem("invalid-write-back-target", message)] };
  }
  const isValuesFile = /\.ya?ml$/u.test(name) && !name.startsWith(".argocd-source-");
  const kind = isValuesFile ? "helmvalues" : "override";
  const diagnostics = [
    ...(rest.length === 0 ? [] : [unknownTargetWord(word, text)]),
    ...(rest.length > 0 || isValuesFile || isOverrideFileName(name) ? [] : [unreadTarget(text)]),
  ];
  return { value: { kind, path: `/${text.replace(/^\/+/u, "")}` }, diagnostics };
}

/** Whether Argo CD reads override files of this name at all; for which application is another question. */
export function isOverrideFileName(name: string): boolean {
  return /^\.argocd-source(?:-.+)?\.yaml$/u.test(name);
}

/** What somebody meant who wrote a bare word. */
const MEANT_TARGETS: readonly (readonly [words: RegExp, advice: string])[] = [
  [/^kustomi[sz]/iu, 'write "kustomization" to edit the kustomization'],
  [/^(?:helm|values?)/iu, 'write "helmvalues" to edit the values file'],
  [
    /^argo-?cd$|^app/iu,
    'leave the target out; what changes the Application itself is the write-back method "argocd"',
  ],
];

/** Nothing is written there: the plan refuses a file that Argo CD never reads. */
function unreadTarget(text: string): Diagnostic {
  const [, advice = "leave the target out for the override file that Argo CD reads"] =
    MEANT_TARGETS.find(([words]) => words.test(text)) ?? [];
  const message = `"${text}" is read as the path of an override file, and Argo CD reads no override file of that name; ${advice}`;
  return { severity: "warning", code: "invalid-write-back-target", where: {}, message };
}

function unknownTargetWord(word: string, text: string): Diagnostic {
  const message = `"${text}" is read as a path, since "${word}" is neither "kustomization" nor "helmvalues"`;
  return { severity: "warning", code: "invalid-write-back-target", where: {}, message };
}

function unusedSetting(setting: keyof typeof SETTING_WORDS): Diagnostic {
  const message = `${SETTING_WORDS[setting]} is not used: the write-back method is "argocd"; write the method "git" to use it`;
  return { severity: "warning", code: "unused-write-back", where: {}, message };
}

function problem(code: DiagnosticCode, message: string): Diagnostic {
  return { severity: "error", code, where: {}, message };
}
