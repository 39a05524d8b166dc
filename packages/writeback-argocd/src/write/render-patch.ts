import {
  renderApplicationPatch,
  WriteBackError,
  type ApplicationPatchEdit,
  type Edit,
  type JsonPatchOperation,
  type WriteBackChange,
} from "@image-updater/core";
import { changedValues, type ChangedValue } from "../reverts/changed-values.js";
import { followSource } from "./follow-source.js";
import { nameOf } from "./manifest.js";
import { mergeEdits } from "./merge-edits.js";

/** What it takes to make an Application hold what a change wants. */
export interface RenderedPatch {
  /** Empty when nothing differs. */
  readonly patch: readonly JsonPatchOperation[];
  /** The values that the patch changes. */
  readonly values: readonly ChangedValue[];
}

/** The readings of one Application: the first, which the edits are about, and the present one. */
export interface Readings {
  readonly first: unknown;
  readonly present: unknown;
}

/**
 * Renders the patch of a change for the manifest as it is now; sources that have moved in their list
 * since the first reading are followed.
 *
 * Throws EditError as `renderApplicationPatch`, and WriteBackError `unsupported` for an edit of a file.
 */
export function renderPatch(
  { application, edits }: WriteBackChange,
  { first, present }: Readings,
): RenderedPatch {
  const patchEdits = edits.map((edit) => requirePatchEdit(nameOf(application), edit));
  const rendered = mergeEdits(patchEdits).map((edit): RenderedPatch => {
    const source = followSource(edit, first, present);
    const patch = renderApplicationPatch({ manifest: present, source }, edit.changes);
    return { patch, values: changedValues({ manifest: present, source }, edit.changes, patch) };
  });
  return {
    patch: rendered.flatMap(({ patch }) => patch),
    values: rendered.flatMap(({ values }) => values),
  };
}

function requirePatchEdit(target: string, edit: Edit): ApplicationPatchEdit {
  if (edit.kind === "application-patch") return edit;
  const message = `${target}: the write-back method argocd cannot edit the file ${edit.path} (${edit.kind}); use the method git`;
  throw new WriteBackError("unsupported", message, { target, path: edit.path });
}
