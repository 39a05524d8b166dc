import type { Application } from "../application/application.js";
import { ownKey, OWN_SETTINGS } from "../annotations/annotation-keys.js";
import { WriteBackError } from "../errors/write-back-error.js";
import { readArgoCdSourceLists } from "../overrides/argocd-source.js";
import type { Edit } from "../ports/edits.js";
import { fieldOf, folderOf, type EffectFiles } from "./effect-subject.js";

type OverrideEdit = Extract<Edit, { readonly kind: "argocd-source" }>;

/** The lists that a new override file would take the place of. */
export interface BeneathOverride {
  /** The Application with these lists as its source's own. */
  readonly application: Application;
  /** Where the list that the file is about stands, as a person looks for it. */
  readonly place: string;
  /** Whether the file has a list already, so that nothing vanishes any more. */
  readonly isHidden: boolean;
}

/** The file that Argo CD lays over all applications of a folder, beneath those of each one. */
export function sharedOverrideOf(path: string): string {
  const folder = folderOf(path);
  return folder === "" ? ".argocd-source.yaml" : `${folder}/.argocd-source.yaml`;
}

/** Reads what stands beneath an override file: `.argocd-source.yaml` of its folder, then the Application. */
export function readBeneath(
  application: Application,
  { path, changes }: OverrideEdit,
  files: EffectFiles,
): BeneathOverride {
  const { source } = application;
  const shared = sharedOverrideOf(path);
  const below = shared === path ? undefined : files.written(shared);
  const lists = readArgoCdSourceLists(below ?? "");
  const present = readArgoCdSourceLists(files.written(path) ?? "");
  const [list, field] =
    "helm" in changes
      ? (["helmParameters", "helm.parameters"] as const)
      : "plugin" in changes
        ? (["pluginEnv", "plugin.env"] as const)
        : (["kustomizeImages", "kustomize.images"] as const);
  return {
    application: {
      ...application,
      source: {
        ...source,
        helmParameters: lists.helmParameters ?? source.helmParameters,
        pluginEnv: lists.pluginEnv ?? source.pluginEnv,
        kustomizeImages: lists.kustomizeImages ?? source.kustomizeImages,
      },
    },
    place: lists[list] === undefined ? fieldOf(source.pointer, field) : `${field} of ${shared}`,
    isHidden: present[list] !== undefined,
  };
}

/** The names that a new file would hide; Kustomize images all go into the file. */
export function vanishingNames(
  { application: { source }, isHidden }: BeneathOverride,
  { changes }: OverrideEdit,
): readonly string[] {
  if (isHidden || "kustomize" in changes) return [];
  const [present, written] =
    "helm" in changes
      ? [source.helmParameters, changes.helm.parameters]
      : [source.pluginEnv, changes.plugin.env];
  const kept = new Set(written.map(({ name }) => name));
  return [...new Set(present.map(({ name }) => name))].filter((name) => !kept.has(name));
}

/** The error of an update that would take parameters out of production. */
export function dropsParameters(
  { name, namespace }: Application,
  path: string,
  place: string,
  names: readonly string[],
): WriteBackError {
  const key = ownKey(OWN_SETTINGS.otherParameters);
  const message = `${path} would take the place of ${place}, and ${names.join(", ")} would vanish from what is deployed; set ${key} to "carry" to copy them into the file, or to "drop" to let them vanish`;
  return new WriteBackError("drops-parameters", message, {
    target: `${namespace}/${name}`,
    path,
  });
}
