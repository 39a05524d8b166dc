import { readKustomizationImages } from "../overrides/kustomization.js";
import { parseKustomizeImage } from "../overrides/kustomize-spec.js";
import { kustomizationCandidates, kustomizationDirectory } from "../overrides/repository-path.js";
import { EditError } from "../errors/edit-error.js";
import type { KustomizationImage } from "../ports/edits.js";
import { renderKustomization } from "./render-source-changes.js";
import {
  isWrittenTo,
  ownSource,
  severityOf,
  unlessInvalid,
  type EffectFiles,
  type EffectProblem,
  type EffectSubject,
} from "./effect-subject.js";
import { effectiveList, overrideFilesOf, overrideLayers } from "./override-layers.js";

/** An entry that replaces an image after the kustomization that is written has done so. */
interface LaterEntry {
  readonly place: string;
  readonly isCertain: boolean;
  readonly entry: KustomizationImage;
}

/**
 * Images of a kustomization that others replace after it: Argo CD sets `kustomize.images` in the
 * kustomization of the source, and an overlay comes after its base.
 */
export function findHiddenImages(
  subject: EffectSubject,
  files: EffectFiles,
): readonly EffectProblem[] {
  const { application, edits, images } = subject;
  const later = laterEntries(subject, files);
  return edits.flatMap((edit) => {
    if (edit.kind !== "kustomization") return [];
    const updates = images.filter(({ decision }) => decision.outcome === "update");
    return updates.flatMap((image) =>
      renderKustomization([image]).flatMap((written): readonly EffectProblem[] => {
        const winner = later.find((one) => replaces(one.entry, written));
        if (winner === undefined || isSame(winner.entry, written)) return [];
        const severity = severityOf(application, winner.isCertain);
        const message = `${winner.place} sets "${winner.entry.name}" to ${versionOf(winner.entry)}, which wins over the kustomization; take it out there`;
        const where = { file: edit.path, field: written.name };
        const diagnostic = { severity, code: "value-hidden", where, message } as const;
        return [{ diagnostic, ...(severity === "error" ? { image } : {}) }];
      }),
    );
  });
}

/** The kustomization of the source, where another one is written. */
export function overlayToRead({ application, location, edits }: EffectSubject): readonly string[] {
  const own = ownSource(application);
  if (own === undefined || !isWrittenTo(own.source, location)) return [];
  const folder = unlessInvalid(() => kustomizationDirectory(own.source.path, undefined));
  if (folder === undefined) return [];
  const candidates = kustomizationCandidates(folder);
  const isElsewhere = edits.some(
    (edit) => edit.kind === "kustomization" && !candidates.includes(edit.path),
  );
  return isElsewhere ? candidates : [];
}

function laterEntries(subject: EffectSubject, files: EffectFiles): readonly LaterEntry[] {
  const { application, controllerNamespace } = subject;
  const own = ownSource(application);
  if (own === undefined || own.source.chart !== undefined) return [];
  const overrides = overrideFilesOf(application, own, controllerNamespace);
  const { place, isCertain, items } = effectiveList(
    overrideLayers(overrides, files.own),
    "kustomizeImages",
    {
      pointer: own.pointer,
      field: "kustomize.images",
      items: own.source.kustomizeImages ?? [],
    },
  );
  const overlay = overlayToRead(subject).find((path) => files.written(path) !== undefined);
  return [
    ...items.map((text) => ({ place, isCertain, entry: parseKustomizeImage(text) })),
    ...(overlay === undefined
      ? []
      : // What the overlay is made of is its own business: it may not use what is written.
        entriesOf(files.written(overlay) ?? "").map((entry) => ({
          place: `images of ${overlay}`,
          isCertain: false,
          entry,
        }))),
  ];
}

function entriesOf(kustomization: string): readonly KustomizationImage[] {
  try {
    return readKustomizationImages(kustomization);
  } catch (error) {
    if (EditError.is(error)) return [];
    throw error;
  }
}

/** Kustomize compares names as text: that of the manifests, or the one that was put in its place. */
function replaces(entry: KustomizationImage, written: KustomizationImage): boolean {
  const hasVersion = entry.newTag !== undefined || entry.digest !== undefined;
  return hasVersion && (entry.name === written.name || entry.name === written.newName);
}

function isSame(entry: KustomizationImage, written: KustomizationImage): boolean {
  return (
    (entry.newName ?? entry.name) === (written.newName ?? written.name) &&
    entry.newTag === written.newTag &&
    entry.digest === written.digest
  );
}

function versionOf({ newTag, digest }: KustomizationImage): string {
  const tag = newTag === undefined ? "" : `"${newTag}"`;
  return digest === undefined ? tag : `${tag}${tag === "" ? "" : " at "}${digest}`;
}
