import { applicationOwner } from "../application/application-owner.js";
import type { Application } from "../application/application.js";
import { listSources, type LocatedSource } from "../application/choose-source.js";
import { decodeManifest } from "../application/manifest-schema.js";
import { isSameGitRepository } from "../config/git-repository-address.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { EditError } from "../errors/edit-error.js";
import type { Edit } from "../ports/edits.js";
import type { WriteBackLocation } from "../ports/write-back-target.js";
import type { DecidedImage } from "./decided-image.js";

/** A change, and what there is to know of whether it can take effect. */
export interface EffectSubject {
  readonly application: Application;
  readonly controllerNamespace: string;
  /** Where files are written; undefined when the change goes to the Application itself. */
  readonly location: WriteBackLocation | undefined;
  readonly edits: readonly Edit[];
  readonly images: readonly DecidedImage[];
}

/** The texts that were read; undefined for a file that does not exist or was not asked for. */
export interface EffectFiles {
  /** Of the repository that is written to. */
  written(path: string): string | undefined;
  /** Of the repository that the application's source is in. */
  own(path: string): string | undefined;
}

/** What is wrong with a change, and for whom. */
export interface EffectProblem {
  readonly diagnostic: Diagnostic;
  /** The image that is updated in vain; undefined where the whole change is. */
  readonly image?: DecidedImage | undefined;
  /** Whether it is worth a word only where the image does not run although all is written. */
  readonly isGuess?: true | undefined;
}

/** All sources of an Application; none when its manifest is not that of one. */
export function sourcesOf({ manifest }: Application): readonly LocatedSource[] {
  const decoded = decodeManifest(manifest);
  return "manifest" in decoded ? listSources(decoded.manifest) : [];
}

/** The source that is written for, as the manifest has it. */
export function ownSource(application: Application): LocatedSource | undefined {
  return sourcesOf(application).find(({ pointer }) => pointer === application.source.pointer);
}

/** `spec.source.helm` of a JSON pointer and what stands below it. */
export function fieldOf(pointer: string, ...below: readonly string[]): string {
  return [...pointer.slice(1).split("/"), ...below].join(".");
}

/** Whether manifests are made of the source itself; a `ref` without a path only lends its files. */
export function isRendered({ chart, ref, path }: LocatedSource["source"]): boolean {
  return chart !== undefined || ref === undefined || path !== "";
}

/** Whether files of this source are files of the repository that is written to. */
export function isWrittenTo(
  source: LocatedSource["source"],
  location: WriteBackLocation | undefined,
): boolean {
  return (
    location !== undefined &&
    source.chart === undefined &&
    isSameGitRepository(source.repositoryUrl, location.repository)
  );
}

/**
 * How sure it is that a value never takes effect. What makes the Application may make it of the very
 * file that is written, and then what stands in the Application comes from there.
 */
export function severityOf({ manifest }: Application, isCertain: boolean): "error" | "warning" {
  return isCertain && applicationOwner(manifest) === undefined ? "error" : "warning";
}

/** What a path leads to; undefined for one that leads nowhere. */
export function unlessInvalid(path: () => string): string | undefined {
  try {
    return path();
  } catch (error) {
    if (EditError.is(error)) return undefined;
    throw error;
  }
}

/** The files of an edit that may exist. */
export function pathsOf(edit: Edit): readonly string[] {
  if (edit.kind === "application-patch") return [];
  return edit.kind === "kustomization" ? edit.candidates : [edit.path];
}

/** The folder of a file; empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
