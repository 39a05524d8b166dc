import type { Application } from "../application/application.js";
import { applyEdit } from "../overrides/apply-edit.js";
import type { FileEdit } from "../ports/edits.js";
import type { ReadResult, WriteBackChange, WriteBackRead } from "../ports/write-back-target.js";
import { readTargets, textOfFile } from "./call-targets.js";
import type { Cycle } from "./cycle.js";
import { findHiddenEntries } from "./hidden-entries.js";
import { findMissingValues, valuesFilesOf } from "./missing-values.js";
import type { ApplicationPlan, FilePreview } from "./plan.js";
import { summarizeFailure } from "./summarize-failure.js";

/**
 * Adds the files before and after to every application that is written to files, and what only the
 * files tell. An application whose files cannot be read or edited is in error. Never throws.
 */
export async function addPreviews(
  cycle: Cycle,
  plans: readonly ApplicationPlan[],
  applications: readonly Application[],
): Promise<readonly ApplicationPlan[]> {
  const pending = plans.flatMap((plan, index) => {
    const application = applications[index];
    const { change } = plan;
    if (application === undefined || change?.location === undefined) return [];
    return [{ index, plan, change, application, read: readOf(change, application) }];
  });
  const reads = pending.map(({ read }) => read);
  const results = await Promise.all(readTargets(reads, cycle.targets));
  const previewed = new Map(
    pending.map(({ index, plan, change, application }, position) => {
      const result = results[position];
      return [index, result === undefined ? plan : preview(plan, change, application, result)];
    }),
  );
  return plans.map((plan, index) => previewed.get(index) ?? plan);
}

function readOf(change: WriteBackChange, application: Application): WriteBackRead {
  const { application: identity, project, settings, location } = change;
  const values = valuesFilesOf(change, application);
  const paths = [...new Set([...fileEdits(change).flatMap(pathsOf), ...values])];
  return { application: identity, project, settings, location, paths };
}

function preview(
  plan: ApplicationPlan,
  change: WriteBackChange,
  application: Application,
  result: ReadResult,
): ApplicationPlan {
  const { change: _change, ...rest } = plan;
  if (result.kind === "failed") return { ...rest, error: result.error };
  const { files } = result;
  try {
    const edited = fileEdits(change).map((edit) => ({ edit, ...editFile(edit, files) }));
    // The files say exactly what could only be guessed before.
    const known = plan.diagnostics.filter(({ code }) => code !== "override-hides-parameters");
    const hidden = edited.flatMap(({ edit, after }) =>
      findHiddenEntries(application, [edit], after),
    );
    const missing = findMissingValues(change, application, files);
    const previews = edited
      .filter(({ before, after }) => before !== after)
      .map(({ edit: _edit, ...shown }): FilePreview => shown);
    return { ...plan, previews, diagnostics: [...known, ...hidden, ...missing] };
  } catch (error) {
    return { ...rest, error: summarizeFailure(error) };
  }
}

function editFile(edit: FileEdit, files: ReadonlyMap<string, Uint8Array | undefined>): FilePreview {
  const path = pathsOf(edit).find((candidate) => files.get(candidate) !== undefined) ?? edit.path;
  const bytes = applyEdit(edit, files.get(path));
  const before = textOfFile(files, path);
  const after = bytes === "unchanged" ? before : textOfFile(new Map([[path, bytes]]), path);
  return { path, ...(before === undefined ? {} : { before }), after: after ?? "" };
}

function fileEdits(change: WriteBackChange): readonly FileEdit[] {
  return change.edits.filter((edit) => edit.kind !== "application-patch");
}

function pathsOf(edit: FileEdit): readonly string[] {
  return edit.kind === "kustomization" ? edit.candidates : [edit.path];
}
