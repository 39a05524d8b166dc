import type { ApplicationPatchEdit, ArgoCdSourceChanges } from "@image-updater/core";

/**
 * One edit for each list that is changed, in the order of the first one for it: patches of the same
 * list that do not know of each other would each create it.
 */
export function mergeEdits(
  edits: readonly ApplicationPatchEdit[],
): readonly ApplicationPatchEdit[] {
  const merged = new Map<string, ApplicationPatchEdit>();
  for (const edit of edits) {
    const list = JSON.stringify([Object.keys(edit.changes), edit.source, edit.marks]);
    const before = merged.get(list);
    const changes = before === undefined ? edit.changes : joinChanges(before.changes, edit.changes);
    merged.set(list, { ...edit, changes });
  }
  return [...merged.values()];
}

function joinChanges(one: ArgoCdSourceChanges, other: ArgoCdSourceChanges): ArgoCdSourceChanges {
  if ("helm" in one && "helm" in other) {
    const parameters = [...one.helm.parameters, ...other.helm.parameters];
    return { helm: { parameters, keepExisting: joinNames(one.helm, other.helm) } };
  }
  if ("plugin" in one && "plugin" in other) {
    const env = [...one.plugin.env, ...other.plugin.env];
    return { plugin: { env, keepExisting: joinNames(one.plugin, other.plugin) } };
  }
  if ("kustomize" in one && "kustomize" in other) {
    const images = [...one.kustomize.images, ...other.kustomize.images];
    return { kustomize: { images, keepExisting: joinNames(one.kustomize, other.kustomize) } };
  }
  return other;
}

interface Keeping {
  readonly keepExisting?: readonly string[] | undefined;
}

function joinNames(one: Keeping, other: Keeping): readonly string[] {
  return [...(one.keepExisting ?? []), ...(other.keepExisting ?? [])];
}
