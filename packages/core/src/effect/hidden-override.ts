import { isOverrideFileName } from "../policy/parse-write-back.js";
import type { ArgoCdSourceChanges } from "../ports/edits.js";
import type { DecidedImage } from "./decided-image.js";
import { renderSourceChanges } from "./render-source-changes.js";
import {
  ownSource,
  severityOf,
  sourcesOf,
  isRendered,
  isWrittenTo,
  type EffectFiles,
  type EffectProblem,
  type EffectSubject,
} from "./effect-subject.js";
import { effectiveList, overrideFilesOf, overrideLayers } from "./override-layers.js";

/** Why an override file would not be read: Argo CD looks for one name, beside the manifests of a source. */
export function findUnreadOverrides(subject: EffectSubject): readonly EffectProblem[] {
  const { application, controllerNamespace, location, edits } = subject;
  return edits.flatMap((edit): readonly EffectProblem[] => {
    if (edit.kind !== "argocd-source") return [];
    const rendered = sourcesOf(application).filter(({ source }) => isRendered(source));
    const readers = rendered.filter((located) =>
      overrideFilesOf(application, located, controllerNamespace).some(
        ({ path }) => path === edit.path,
      ),
    );
    if (readers.some(({ source }) => isWrittenTo(source, location))) return [];
    const where = { file: edit.path };
    if (readers.length > 0) {
      // The repository may be the one that a mirror follows, of which Argo CD reads.
      const message =
        "no source of the Application is in this repository; the file takes effect only if it gets into the one that Argo CD reads";
      const diagnostic = { severity: "warning", code: "file-not-read", where, message } as const;
      return [{ diagnostic, isGuess: true }];
    }
    // A file that nobody reads is one, whatever makes the Application.
    const message = whyUnread(subject, edit.path);
    return [{ diagnostic: { severity: "error", code: "file-not-read", where, message } }];
  });
}

function whyUnread({ application, controllerNamespace }: EffectSubject, path: string): string {
  const own = ownSource(application);
  if (own?.source.chart !== undefined) {
    return `Argo CD reads no override file for the chart "${own.source.chart}"; use the write-back target "helmvalues:…" with a values file that the Application reads as "$ref/…", or the write-back method "argocd"`;
  }
  const [expected] =
    own === undefined ? [] : overrideFilesOf(application, own, controllerNamespace);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const what = isOverrideFileName(name) ? "in that place" : "of that name";
  return `Argo CD reads no override file ${what}; leave the write-back target out for ${expected?.path ?? "its own"}`;
}

/** What of the Application itself would not count: an override file replaces its lists as a whole. */
export function findHiddenSpec(
  subject: EffectSubject,
  files: EffectFiles,
): readonly EffectProblem[] {
  const { application, controllerNamespace, edits, images } = subject;
  const own = ownSource(application);
  if (own === undefined || !edits.some(({ kind }) => kind === "application-patch")) return [];
  const overrides = overrideFilesOf(application, own, controllerNamespace);
  const layers = overrideLayers(overrides, files.own);
  return images.flatMap((image) => {
    if (image.decision.outcome !== "update" && !isInSpec(image)) return [];
    const changes = renderSourceChanges(application, [image]);
    const [list, field] = listOf(changes);
    const hiding = layers.find(({ lists }) => lists[list] !== undefined);
    if (hiding === undefined) return [];
    const entries = effectiveList([hiding], list, { pointer: own.pointer, field, items: [] });
    const held = new Set(entries.items.map(textOf));
    if (entriesOf(changes).every((entry) => held.has(textOf(entry)))) return [];
    const severity = severityOf(application, hiding.isCertain);
    const message = `${field} of ${hiding.path} in the repository takes the place of the Application's, which so have no effect; remove the file, or use the write-back method "git"`;
    const where = {
      file: hiding.path,
      application: `${application.namespace}/${application.name}`,
    };
    const diagnostic = { severity, code: "value-hidden", where, message } as const;
    return [{ diagnostic, ...(severity === "error" ? { image } : {}) }];
  });
}

function isInSpec({ decision }: DecidedImage): boolean {
  return decision.reason.code === "already-in-spec";
}

function listOf(
  changes: ArgoCdSourceChanges,
): readonly ["helmParameters" | "kustomizeImages" | "pluginEnv", string] {
  if ("helm" in changes) return ["helmParameters", "helm.parameters"];
  return "plugin" in changes
    ? ["pluginEnv", "plugin.env"]
    : ["kustomizeImages", "kustomize.images"];
}

type Entry = string | { readonly name: string; readonly value: string };

function entriesOf(changes: ArgoCdSourceChanges): readonly Entry[] {
  if ("helm" in changes) return changes.helm.parameters;
  if ("plugin" in changes) return changes.plugin.env;
  const { images, keepExisting = [] } = changes.kustomize;
  return images.filter((image) => !keepExisting.includes(image));
}

function textOf(entry: Entry): string {
  return typeof entry === "string" ? entry : JSON.stringify([entry.name, entry.value]);
}
