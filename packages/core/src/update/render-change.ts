import type { Application } from "../application/application.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { TemplateError } from "../errors/template-error.js";
import {
  kustomizationCandidates,
  kustomizationDirectory,
  helmValuesPath,
} from "../overrides/repository-path.js";
import type { Edit } from "../ports/edits.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import type { WriteBackChange, WriteBackLocation } from "../ports/write-back-target.js";
import { renderBranchName } from "../templates/render-branch-name.js";
import { checkBranchName } from "../templates/check-branch-name.js";
import { renderCommitMessage } from "../templates/render-commit-message.js";
import { printedTag, type DecidedImage } from "./decided-image.js";
import {
  renderHelmValues,
  renderKustomization,
  renderOverrideChanges,
  renderSourceChanges,
  type OverrideKind,
} from "./render-source-changes.js";
import type { CommitSettings } from "./updater.js";
import { locationOf, overrideFileOf } from "./write-back-paths.js";

/** What rendering needs besides the application and its images. */
export interface RenderSettings {
  readonly controllerNamespace: string;
  readonly commit: CommitSettings;
}

/** A change and what is worth knowing about it. */
export interface RenderedChange {
  readonly change: WriteBackChange;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Turns decided images into the change of one application; undefined when no image is updated.
 *
 * @throws EditError for a path outside of the repository, TemplateError for a branch template that
 * fails or gives no branch name.
 */
export function renderChange(
  application: Application,
  writeBack: WriteBackSettings,
  images: readonly DecidedImage[],
  settings: RenderSettings,
): RenderedChange | undefined {
  const updates = images.filter(({ decision }) => decision.outcome === "update");
  if (updates.length === 0) return undefined;
  const message = renderCommitMessage(settings.commit.template, {
    applicationName: application.name,
    changes: updates.map(({ running, wanted, decision }) => ({
      image: wanted.repository,
      oldTag: printedTag(running),
      newTag: printedTag(wanted),
      ...(decision.labels === undefined ? {} : { labels: decision.labels }),
    })),
  });
  const location = locationOf(application, writeBack);
  const branch = renderBranch(application, writeBack, updates);
  const edits = renderEdits(application, writeBack, images, settings.controllerNamespace);
  const change: WriteBackChange = {
    application: { name: application.name, namespace: application.namespace },
    settings: writeBack,
    ...(location === undefined ? {} : { location: withBranch(location, branch) }),
    edits,
    message: message.value ?? "",
    ...(settings.commit.author === undefined ? {} : { author: settings.commit.author }),
  };
  const hidden = hiddenParameters(application, edits);
  return { change, diagnostics: [...message.diagnostics, ...hidden] };
}

/** Which of Argo CD's three kinds an application's images are written as. */
export function overrideKindOf(
  application: Application,
  writeBack: WriteBackSettings,
): OverrideKind {
  if (application.type === "kustomize") return "kustomize";
  if (application.type !== "plugin") return "helm";
  // A plugin that is written to Git counts as Helm unless its images name variables, as upstream.
  const named = application.policies.some(({ targets }) => targets.plugin !== undefined);
  return named || writeBack.method === "argocd" ? "plugin" : "helm";
}

function renderEdits(
  application: Application,
  writeBack: WriteBackSettings,
  images: readonly DecidedImage[],
  controllerNamespace: string,
): readonly Edit[] {
  const kind = overrideKindOf(application, writeBack);
  if (writeBack.method === "argocd") {
    const changes = renderSourceChanges(kind, images);
    return [{ kind: "application-patch", source: application.source.pointer, changes }];
  }
  const { target } = writeBack;
  const sourcePath = application.source.path;
  if (target.kind === "helmvalues") {
    const path = helmValuesPath(sourcePath, target.path);
    return [{ kind: "helm-values", path, changes: renderHelmValues(images) }];
  }
  if (target.kind === "kustomization") {
    const candidates = kustomizationCandidates(kustomizationDirectory(sourcePath, target.path));
    const [path = ""] = candidates;
    return [{ kind: "kustomization", path, candidates, images: renderKustomization(images) }];
  }
  const path = overrideFileOf(application, target, controllerNamespace);
  return [
    { kind: "argocd-source", path, changes: renderOverrideChanges(kind, images, application) },
  ];
}

function renderBranch(
  application: Application,
  writeBack: WriteBackSettings,
  updates: readonly DecidedImage[],
): string | undefined {
  if (writeBack.method !== "git" || writeBack.branchTemplate === undefined) return undefined;
  const rendered = renderBranchName(writeBack.branchTemplate, {
    images: updates.map(({ policy, running, wanted }) => ({
      name: wanted.repository,
      alias: policy.alias ?? "",
      oldTag: printedTag(running),
      newTag: printedTag(wanted),
    })),
    applicationName: application.name,
    applicationNamespace: application.namespace,
  });
  const problem =
    rendered.value === undefined ? rendered.diagnostics[0] : checkBranchName(rendered.value);
  if (problem !== undefined || rendered.value === undefined) {
    const message = `git-branch template "${writeBack.branchTemplate}": ${problem?.message ?? "no text"}`;
    throw new TemplateError("invalid-branch-name", message);
  }
  return rendered.value;
}

function withBranch(location: WriteBackLocation, branch: string | undefined): WriteBackLocation {
  return branch === undefined ? location : { ...location, branch };
}

/**
 * Parameters of the Application's spec that an override file makes ineffective: Argo CD merges the
 * file as a JSON merge patch, which replaces `helm.parameters` as a whole.
 */
function hiddenParameters(application: Application, edits: readonly Edit[]): readonly Diagnostic[] {
  return edits.flatMap((edit) => {
    if (edit.kind !== "argocd-source" || !("helm" in edit.changes)) return [];
    const written = new Set(edit.changes.helm.parameters.map(({ name }) => name));
    const names = application.source.helmParameters
      .map(({ name }) => name)
      .filter((name) => !written.has(name));
    if (names.length === 0) return [];
    const message = `Argo CD uses the file's helm.parameters in place of the Application's; ${names.join(", ")} of spec.source.helm.parameters have no effect unless the file lists them too`;
    return [
      {
        severity: "warning",
        code: "override-hides-parameters",
        where: { file: edit.path, application: `${application.namespace}/${application.name}` },
        message,
      },
    ];
  });
}
