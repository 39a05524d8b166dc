import type { Application } from "../application/application.js";
import type { Diagnostic, Parsed } from "../errors/diagnostic.js";
import { readSourceMarks } from "../overrides/application-patch.js";
import {
  kustomizationCandidates,
  kustomizationDirectory,
  helmValuesPath,
} from "../overrides/repository-path.js";
import type { Edit } from "../ports/edits.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import type { WriteBackChange, WriteBackLocation } from "../ports/write-back-target.js";
import { renderCommitMessage } from "../templates/render-commit-message.js";
import { printedTag, type DecidedImage } from "../effect/decided-image.js";
import { renderBranch } from "./render-branch.js";
import {
  renderHelmValues,
  renderKustomization,
  renderOverrideChanges,
  renderSourceChanges,
} from "../effect/render-source-changes.js";
import { findHiddenEntries } from "../effect/hidden-entries.js";
import type { CommitSettings } from "./updater.js";
import { locationOf, overrideFileOf } from "./write-back-paths.js";

/** What rendering needs besides the application and its images. */
export interface RenderSettings {
  readonly controllerNamespace: string;
  readonly commit: CommitSettings;
  /** Whether an override file gets all other entries of the source's lists too. Default `false`. */
  readonly carry?: boolean | undefined;
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
  const message = renderMessage(application, updates, settings.commit.template);
  const location = locationOf(application, writeBack);
  const edits = renderEdits(application, writeBack, images, settings);
  const branch = renderBranch({ application, writeBack, location, edits, updates });
  const change: WriteBackChange = {
    application: { name: application.name, namespace: application.namespace },
    ...(application.project === undefined ? {} : { project: application.project }),
    settings: writeBack,
    ...(location === undefined ? {} : { location: withBranch(location, branch.value) }),
    edits,
    message: message.value ?? "",
    ...(settings.commit.author === undefined ? {} : { author: settings.commit.author }),
  };
  const hidden = findHiddenEntries(application, edits);
  return { change, diagnostics: [...message.diagnostics, ...branch.diagnostics, ...hidden] };
}

function renderMessage(
  application: Application,
  updates: readonly DecidedImage[],
  template: string | undefined,
): Parsed<string> {
  return renderCommitMessage(template, {
    applicationName: application.name,
    changes: updates.map(({ running, wanted, decision }) => ({
      image: wanted.repository,
      oldTag: printedTag(running),
      newTag: printedTag(wanted),
      ...(decision.labels === undefined ? {} : { labels: decision.labels }),
    })),
  });
}

function renderEdits(
  application: Application,
  writeBack: WriteBackSettings,
  images: readonly DecidedImage[],
  { controllerNamespace, carry }: RenderSettings,
): readonly Edit[] {
  if (writeBack.method === "argocd") {
    const changes = renderSourceChanges(application, images);
    const source = application.source.pointer;
    const marks = readSourceMarks({ manifest: application.manifest, source });
    return [
      { kind: "application-patch", source, ...(marks === undefined ? {} : { marks }), changes },
    ];
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
    { kind: "argocd-source", path, changes: renderOverrideChanges(application, images, carry) },
  ];
}

function withBranch(location: WriteBackLocation, branch: string | undefined): WriteBackLocation {
  return branch === undefined ? location : { ...location, branch };
}
