import type { ArgoCdSourceChanges, EnvironmentVariable, HelmParameter } from "../ports/edits.js";
import {
  NO_COMMENTS,
  type SourceComments,
  type SourceField,
  type SourceRow,
} from "./argocd-source-rows.js";
import { setHelmParameters } from "./helm-spec.js";
import { mergeKustomizeImages } from "./kustomize-spec.js";
import { setPluginEnvironment } from "./plugin-spec.js";
import { isNullScalar } from "./yaml-edit.js";
import type { YamlNode } from "./yaml-tree.js";

/** Follows an alias to its node; any other node is answered as it is. */
export type ResolveAlias = (node: YamlNode) => YamlNode;

/** The list of an override file that changes go into, and how they do. */
export interface SourceList {
  /** `helm`, `kustomize` or `plugin`. */
  readonly block: string;
  /** `parameters`, `images` or `env`. */
  readonly list: string;
  readonly hasChanges: boolean;
  /** The items with the changes in them; `undefined` when a node is not an item of such a list. */
  merge(
    nodes: readonly YamlNode[],
    resolve: ResolveAlias,
    comments: readonly SourceComments[],
  ): readonly SourceRow[] | undefined;
}

/** The list that changes go into: Helm parameters end up sorted by name, the others in their order. */
export function sourceListOf(changes: ArgoCdSourceChanges): SourceList {
  if ("helm" in changes) {
    return createSourceList(HELM, changes.helm.parameters, changes.helm.keepExisting);
  }
  if ("kustomize" in changes) {
    return createSourceList(KUSTOMIZE, changes.kustomize.images, changes.kustomize.keepExisting);
  }
  return createSourceList(PLUGIN, changes.plugin.env, changes.plugin.keepExisting);
}

/** Reads a Helm parameter. `forceString` counts in any case, as Argo CD decodes it. */
export function readHelmParameter(
  node: YamlNode,
  resolve: ResolveAlias,
): HelmParameter | undefined {
  const fields = readFields(node, resolve);
  if (fields === undefined) return undefined;
  const forceString = /^(?:true|yes|y|on)$/i.test(fields.get("forcestring") ?? "");
  return { name: fields.get("name") ?? "", value: fields.get("value") ?? "", forceString };
}

/** Reads an entry of `kustomize.images`. */
export function readKustomizeImage(node: YamlNode, resolve: ResolveAlias): string | undefined {
  const scalar = resolve(node);
  return scalar.kind === "scalar" ? scalar.value : undefined;
}

/** Reads a variable of a plugin. */
export function readPluginVariable(
  node: YamlNode,
  resolve: ResolveAlias,
): EnvironmentVariable | undefined {
  const fields = readFields(node, resolve);
  return fields && { name: fields.get("name") ?? "", value: fields.get("value") ?? "" };
}

interface ListKind<T> {
  readonly block: string;
  readonly list: string;
  readonly read: (node: YamlNode, resolve: ResolveAlias) => T | undefined;
  readonly merge: (
    existing: readonly T[],
    changes: readonly T[],
    keepExisting: readonly string[],
  ) => readonly T[];
  readonly fields: (item: T) => readonly SourceField[];
  readonly order?: (left: SourceRow, right: SourceRow) => number;
}

const HELM: ListKind<HelmParameter> = {
  block: "helm",
  list: "parameters",
  read: readHelmParameter,
  merge: setHelmParameters,
  fields: ({ name, value, forceString }) => [
    { key: "name", value: name },
    { key: "value", value },
    { key: "forcestring", value: forceString === true },
  ],
  order: (left, right) =>
    sortKey(left) < sortKey(right) ? -1 : Number(sortKey(left) > sortKey(right)),
};

const KUSTOMIZE: ListKind<string> = {
  block: "kustomize",
  list: "images",
  read: readKustomizeImage,
  merge: mergeKustomizeImages,
  fields: (image) => [{ key: "", value: image }],
};

const PLUGIN: ListKind<EnvironmentVariable> = {
  block: "plugin",
  list: "env",
  read: readPluginVariable,
  merge: setPluginEnvironment,
  fields: ({ name, value }) => [
    { key: "name", value: name },
    { key: "value", value },
  ],
};

function createSourceList<T>(
  kind: ListKind<T>,
  changes: readonly T[],
  keepExisting: readonly string[] = [],
): SourceList {
  const { block, list, order } = kind;
  return {
    block,
    list,
    hasChanges: changes.length > 0,
    merge(nodes, resolve, comments) {
      const items = nodes.map((node) => kind.read(node, resolve));
      const existing = items.filter((item) => item !== undefined);
      if (existing.length < items.length) return undefined;
      /* A merge keeps the place of what was there, so comments still belong to their items. */
      const rows = kind.merge(existing, changes, keepExisting).map((item, index) => ({
        fields: kind.fields(item),
        comments: comments[index] ?? NO_COMMENTS,
      }));
      return order === undefined ? rows : rows.toSorted(order);
    },
  };
}

const KNOWN_FIELDS: ReadonlySet<string> = new Set(["name", "value", "forcestring"]);

/** The known scalars of a mapping by key in lower case; null is the empty text. */
function readFields(
  node: YamlNode,
  resolve: ResolveAlias,
): ReadonlyMap<string, string> | undefined {
  const mapping = resolve(node);
  if (mapping.kind !== "mapping") return undefined;
  const fields = new Map<string, string>();
  for (const { key, value } of mapping.entries) {
    const name = key.kind === "scalar" ? key.value.toLowerCase() : "";
    if (!KNOWN_FIELDS.has(name)) continue;
    const scalar = resolve(value);
    if (scalar.kind !== "scalar") return undefined;
    fields.set(name, isNullScalar(scalar) ? "" : scalar.value);
  }
  return fields;
}

function sortKey({ fields }: SourceRow): string {
  return String(fields[0]?.value);
}
