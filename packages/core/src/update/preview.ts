import type { Application } from "../application/application.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { summarizeError } from "../errors/image-updater-error.js";
import { EditError } from "../errors/edit-error.js";
import { applyEdit } from "../overrides/apply-edit.js";
import { getHelmValue } from "../overrides/helm-values.js";
import { helmValuesPath } from "../overrides/repository-path.js";
import type { FileEdit } from "../ports/edits.js";
import type { ReadResult, WriteBackChange, WriteBackRead } from "../ports/write-back-target.js";
import { readTargets, textOfFile } from "./call-targets.js";
import type { Cycle } from "./cycle.js";
import type { ApplicationPlan, FilePreview } from "./plan.js";

/** Adds the files before and after to every application that is written to files; one read per target. */
export async function addPreviews(
  cycle: Cycle,
  plans: readonly ApplicationPlan[],
  applications: readonly Application[],
): Promise<readonly ApplicationPlan[]> {
  const wanted = plans.map((plan, index) => previewRead(plan, applications[index]));
  const reads = wanted.flatMap((read) => (read === undefined ? [] : [read]));
  if (reads.length === 0) return plans;
  const results = await readTargets(reads, cycle.targets);
  const byRead = new Map(reads.map((read, index) => [read, results[index]]));
  return plans.map((plan, index) => {
    const read = wanted[index];
    const result = read === undefined ? undefined : byRead.get(read);
    return result === undefined || plan.change === undefined
      ? plan
      : preview(plan, plan.change, result, applications[index]);
  });
}

function previewRead(
  plan: ApplicationPlan,
  application: Application | undefined,
): WriteBackRead | undefined {
  const { change } = plan;
  if (change?.location === undefined) return undefined;
  const values = application === undefined ? [] : chartValues(change, application);
  const paths = [...new Set([...fileEdits(change).flatMap(pathsOf), ...values])];
  const { application: identity, settings, location } = change;
  return { application: identity, settings, location, paths };
}

function preview(
  plan: ApplicationPlan,
  change: WriteBackChange,
  result: ReadResult,
  application: Application | undefined,
): ApplicationPlan {
  const { change: _change, ...rest } = plan;
  if (result.kind === "failed") return { ...rest, error: result.error };
  try {
    const previews = fileEdits(change).flatMap((edit) => previewEdit(edit, result.files));
    const missing =
      application === undefined ? [] : missingParameters(change, application, result.files);
    return { ...plan, previews, diagnostics: [...plan.diagnostics, ...missing] };
  } catch (error) {
    return { ...rest, error: summarizeError(error) };
  }
}

function previewEdit(
  edit: FileEdit,
  files: ReadonlyMap<string, Uint8Array | undefined>,
): readonly FilePreview[] {
  const path = pathsOf(edit).find((candidate) => files.get(candidate) !== undefined) ?? edit.path;
  const bytes = applyEdit(edit, files.get(path));
  if (bytes === "unchanged") return [];
  const before = textOfFile(files, path);
  const after = textOfFile(new Map([[path, bytes]]), path) ?? "";
  return [{ path, ...(before === undefined ? {} : { before }), after }];
}

function fileEdits(change: WriteBackChange): readonly FileEdit[] {
  return change.edits.filter((edit) => edit.kind !== "application-patch");
}

function pathsOf(edit: FileEdit): readonly string[] {
  return edit.kind === "kustomization" ? edit.candidates : [edit.path];
}

/** The chart's own values, which say whether a parameter exists. */
function chartValues(change: WriteBackChange, application: Application): readonly string[] {
  const isHelm = change.edits.some(
    (edit) => edit.kind === "argocd-source" && "helm" in edit.changes,
  );
  const elsewhere = change.settings.repository !== undefined;
  if (!isHelm || elsewhere || application.source.chart !== undefined) return [];
  return [helmValuesPath(application.source.path, undefined)];
}

/** A parameter that the chart does not have is written, but changes nothing in the cluster. */
function missingParameters(
  change: WriteBackChange,
  application: Application,
  files: ReadonlyMap<string, Uint8Array | undefined>,
): readonly Diagnostic[] {
  return chartValues(change, application).flatMap((path) => {
    const values = textOfFile(files, path);
    if (values === undefined) return [];
    const names = change.edits.flatMap((edit) =>
      edit.kind === "argocd-source" && "helm" in edit.changes
        ? edit.changes.helm.parameters.map(({ name }) => name)
        : [],
    );
    return names
      .filter((name) => !hasValue(values, name))
      .map((name): Diagnostic => {
        const message = `the chart's values have no "${name}"; the parameter may have no effect. Name the right one in helm.image-name, helm.image-tag or helm.image-spec`;
        return {
          severity: "warning",
          code: "parameter-not-in-values",
          where: { file: path, field: name },
          message,
        };
      });
  });
}

function hasValue(values: string, path: string): boolean {
  try {
    getHelmValue(values, path);
    return true;
  } catch (error) {
    if (EditError.is(error)) return error.code !== "not-found";
    throw error;
  }
}
