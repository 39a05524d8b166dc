import type { Application } from "../application/application.js";
import { isSameGitRepository } from "../config/git-repository-address.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { EditError } from "../errors/edit-error.js";
import { getHelmValue } from "../overrides/helm-values.js";
import { helmValuesPath } from "../overrides/repository-path.js";
import type { Edit } from "../ports/edits.js";
import type { WriteBackChange } from "../ports/write-back-target.js";
import { textOfFile } from "./call-targets.js";

/**
 * The files that say which values an application's chart has, from the repository's root: the
 * chart's own `values.yaml` where it is in the repository that is written to, and the values file
 * that is written. Empty for a change that sets no Helm value.
 */
export function valuesFilesOf(
  { edits, location }: WriteBackChange,
  { source }: Application,
): readonly string[] {
  if (edits.every((edit) => valueNames(edit).length === 0)) return [];
  const isHere =
    location !== undefined &&
    isSameGitRepository(location.repository, source.repositoryUrl) &&
    source.chart === undefined;
  const written = edits.flatMap((edit) => (edit.kind === "helm-values" ? [edit.path] : []));
  return [...new Set([...(isHere ? [helmValuesPath(source.path, undefined)] : []), ...written])];
}

/** A value that the chart does not have is written, but changes nothing in the cluster. */
export function findMissingValues(
  change: WriteBackChange,
  application: Application,
  files: ReadonlyMap<string, Uint8Array | undefined>,
): readonly Diagnostic[] {
  const known = valuesFilesOf(change, application).flatMap((path) => {
    const text = textOfFile(files, path);
    return text === undefined ? [] : [{ path, text }];
  });
  if (known.length === 0) return [];
  const file = known.map(({ path }) => path).join(", ");
  return change.edits
    .flatMap(valueNames)
    .filter((name) => !known.some(({ text }) => hasValue(text, name)))
    .map((name): Diagnostic => {
      const message = `the chart's values have no "${name}", so setting it may have no effect; name the right one in helm.image-name, helm.image-tag or helm.image-spec`;
      const where = { file, field: name };
      return { severity: "warning", code: "parameter-not-in-values", where, message };
    });
}

/** What the edit sets itself; entries that it merely keeps are the user's own. */
function valueNames(edit: Edit): readonly string[] {
  if (edit.kind === "helm-values") return edit.changes.map(({ path }) => path);
  if (edit.kind !== "argocd-source" || !("helm" in edit.changes)) return [];
  const { parameters, keepExisting = [] } = edit.changes.helm;
  return parameters.map(({ name }) => name).filter((name) => !keepExisting.includes(name));
}

/** A place that holds something else than a single value is there all the same. */
function hasValue(values: string, path: string): boolean {
  try {
    getHelmValue(values, path);
    return true;
  } catch (error) {
    if (EditError.is(error)) return error.code !== "not-found";
    throw error;
  }
}
