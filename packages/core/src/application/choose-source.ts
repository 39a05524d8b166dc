import type { SourceChoice } from "../policy/source-choice.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import type { ApplicationType } from "./application.js";
import type { DecodedManifest, DecodedSource } from "./manifest-schema.js";

/** A source and where in the manifest it stands. */
export interface LocatedSource {
  readonly pointer: string;
  readonly source: DecodedSource;
  /** What `status` says of this source. */
  readonly reportedType: string | undefined;
}

/** What images say about themselves where neither the target nor the manifest tells the type. */
export type ImageHint = "helm" | "kustomize" | undefined;

const SUPPORTED: readonly (readonly [string, ApplicationType])[] = [
  ["Helm", "helm"],
  ["Kustomize", "kustomize"],
  ["Plugin", "plugin"],
];

/** All sources of the Application, in order. */
export function listSources(manifest: DecodedManifest): readonly LocatedSource[] {
  if (manifest.sources.length > 0) {
    return manifest.sources.map((source, index) => ({
      pointer: `/spec/sources/${index}`,
      source,
      reportedType: manifest.sourceTypes[index],
    }));
  }
  if (manifest.drySource !== undefined) {
    return [
      {
        pointer: "/spec/sourceHydrator/drySource",
        source: manifest.drySource,
        reportedType: manifest.sourceType,
      },
    ];
  }
  if (manifest.source === undefined) return [];
  return [{ pointer: "/spec/source", source: manifest.source, reportedType: manifest.sourceType }];
}

/** The source that somebody chose; undefined when the Application has no such source. */
export function findChosenSource(
  manifest: DecodedManifest,
  choice: SourceChoice,
): LocatedSource | undefined {
  const sources = listSources(manifest);
  if (choice.kind === "index") return sources[choice.index];
  return sources.find(({ source }) => source.names.includes(choice.name));
}

/**
 * What renders the application, by Argo CD Image Updater's order: the write-back target, then the
 * status.
 *
 * Without a status and for a source hydrator, the source's own block, a chart, or what the images'
 * settings say. Where a source was chosen, the others say nothing.
 */
export function chooseType(
  manifest: DecodedManifest,
  writeBack: WriteBackSettings | undefined,
  hint: ImageHint,
  chosen?: LocatedSource,
): ApplicationType {
  if (writeBack?.target.kind === "kustomization") return "kustomize";
  if (writeBack?.target.kind === "helmvalues") return "helm";
  const sources = chosen === undefined ? listSources(manifest) : [chosen];
  const explicit = sources.map(({ source }) => explicitType(source)).find((type) => type);
  // What a status says beside a source hydrator is about the hydrated manifests, not the dry source.
  const isHydrated = manifest.drySource !== undefined && manifest.sources.length === 0;
  const reported = sources.flatMap(({ reportedType }) =>
    isHydrated || reportedType === undefined || reportedType === "" ? [] : [reportedType],
  );
  if (reported.length > 0) {
    const supported = reported.map(typeOfName).find((type) => type !== undefined);
    return supported ?? "unsupported";
  }
  const charted = sources.some(({ source }) => source.chart !== undefined);
  return explicit ?? (charted ? "helm" : (hint ?? "unsupported"));
}

/**
 * The source that updates are written for: the first with a block of that type, then by the status,
 * then any with a block, else the first.
 */
export function chooseSource(
  manifest: DecodedManifest,
  type: ApplicationType,
): LocatedSource | undefined {
  const sources = listSources(manifest);
  return (
    sources.find(({ source }) => explicitType(source) === type) ??
    sources.find(({ reportedType }) => typeOfName(reportedType ?? "") === type) ??
    sources.find(({ source }) => explicitType(source) !== undefined) ??
    sources[0]
  );
}

function explicitType(source: DecodedSource): ApplicationType | undefined {
  if (source.helmParameters !== undefined) return "helm";
  if (source.kustomizeImages !== undefined) return "kustomize";
  return source.pluginEnv === undefined ? undefined : "plugin";
}

function typeOfName(name: string): ApplicationType | undefined {
  return SUPPORTED.find(([reported]) => reported === name)?.[1];
}
