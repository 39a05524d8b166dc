import type { Application } from "../application/application.js";
import { overrideFilePath } from "../overrides/override-file-name.js";
import {
  helmValuesPath,
  kustomizationCandidates,
  kustomizationDirectory,
  overridePath,
} from "../overrides/repository-path.js";
import type { WriteBackFile, WriteBackSettings } from "../ports/write-back-settings.js";
import type { WriteBackLocation } from "../ports/write-back-target.js";

/**
 * Where the override file of an application stands.
 *
 * @throws EditError `path-outside-repository`
 */
export function overrideFileOf(
  application: Application,
  target: WriteBackFile,
  controllerNamespace: string,
): string {
  if (target.kind === "override" && target.path !== undefined) return overridePath(target.path);
  return overrideFilePath({
    sourcePath: application.source.path,
    applicationName: application.name,
    applicationNamespace: application.namespace,
    controllerNamespace,
  });
}

/**
 * The values files or kustomizations that hold an application's images where no override file does;
 * of several candidates the first that exists counts.
 *
 * @throws EditError `path-outside-repository`
 */
export function manifestFilesOf(
  application: Application,
  target: WriteBackFile,
): readonly string[] {
  const { path } = application.source;
  if (target.kind === "kustomization" || application.type === "kustomize") {
    const base = target.kind === "kustomization" ? target.path : undefined;
    return kustomizationCandidates(kustomizationDirectory(path, base));
  }
  return [helmValuesPath(path, target.kind === "helmvalues" ? target.path : undefined)];
}

/** Repository and branch to read for an application; undefined when it is not written to Git. */
export function locationOf(
  application: Application,
  settings: WriteBackSettings,
): WriteBackLocation | undefined {
  if (settings.method !== "git") return undefined;
  const base = settings.baseBranch ?? application.revision;
  return {
    repository: settings.repository ?? application.source.repositoryUrl,
    ...(base === undefined ? {} : { base }),
  };
}
