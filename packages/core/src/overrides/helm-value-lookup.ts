import { EditError, type EditErrorCode } from "../errors/edit-error.js";
import { parseHelmValuePath, type HelmValueStep } from "./helm-value-path.js";
import { findEntry, findMerged, resolveAlias } from "./yaml-lookup.js";
import { isNullScalar } from "./yaml-edit.js";
import type {
  YamlAlias,
  YamlDocument,
  YamlEntry,
  YamlMapping,
  YamlNode,
  YamlScalar,
} from "./yaml-tree.js";

/** What a path of a values file leads to. */
export type HelmValueLookup =
  | HelmValueFound
  | HelmValueMissing
  | HelmValueBelowNull
  | HelmValueFailure;

/** A value that is there and can be replaced. */
export interface HelmValueFound {
  readonly kind: "found";
  /** What is written at the place: an alias stays one. */
  readonly node: YamlScalar | YamlAlias;
  /** The scalar itself, through all aliases. */
  readonly scalar: YamlScalar;
  /** Whether the place is in a flow collection. */
  readonly flow: boolean;
}

/** A value that is not there. */
export interface HelmValueMissing {
  readonly kind: "missing";
  /** The innermost mapping of the path that exists. */
  readonly mapping: YamlMapping;
  /** The keys to create in it, outermost first. */
  readonly keys: readonly string[];
  /** The value that a merged mapping gives in its place. */
  readonly merged?: YamlScalar | undefined;
}

/** A value that is not there because null stands where a mapping would be. */
export interface HelmValueBelowNull {
  readonly kind: "below-null";
  /** The null, without an anchor or a tag. */
  readonly node: YamlScalar;
  /** The entry whose value it is; absent where it is the document. */
  readonly entry?: YamlEntry | undefined;
  /** Whether that entry is in a flow mapping. */
  readonly flow: boolean;
  /** The keys to create in its place, outermost first. */
  readonly keys: readonly string[];
}

/** A path that the file contradicts. */
export interface HelmValueFailure {
  readonly kind: "failure";
  readonly error: EditError;
}

/**
 * Looks up a path in a document, as Argo CD Image Updater reads values files: keys from the root
 * through mappings and lists, aliases followed. Where that leads to no value, a key of the root that
 * is spelled like the whole path counts.
 */
export function lookUpHelmValue(document: YamlDocument, path: string): HelmValueLookup {
  const { root } = document;
  if (isPlaceholder(root)) return lookUpBelowRoot(root, path);
  if (root.kind !== "mapping") {
    return failure("not-a-mapping", "the root of the values file is not a mapping", path);
  }
  const nested = lookUpNested(document, root, path);
  if (nested.kind === "found") return nested;
  const literal = findEntry(root, path);
  return literal === undefined ? nested : toLeaf(document, literal.value, root.flow, path);
}

interface Position {
  readonly node: YamlNode;
  /** The entry whose value it is; absent for the root and for items of lists. */
  readonly entry?: YamlEntry;
  readonly flow: boolean;
}

function lookUpNested(document: YamlDocument, root: YamlMapping, path: string): HelmValueLookup {
  return orFailure(() => walk(document, root, parseHelmValuePath(path), path));
}

function lookUpBelowRoot(node: YamlScalar, path: string): HelmValueLookup {
  return orFailure(() => toBelowNull(node, undefined, false, parseHelmValuePath(path), path));
}

function orFailure(act: () => HelmValueLookup): HelmValueLookup {
  try {
    return act();
  } catch (error) {
    if (EditError.is(error)) return { kind: "failure", error };
    throw error;
  }
}

function walk(
  document: YamlDocument,
  root: YamlMapping,
  steps: readonly HelmValueStep[],
  path: string,
): HelmValueLookup {
  let position: Position = { node: root, flow: root.flow };
  for (const [depth, step] of steps.entries()) {
    const { node, entry: parent } = position;
    if (isPlaceholder(node) && parent !== undefined) {
      return toBelowNull(node, parent, position.flow, steps.slice(depth), path);
    }
    const mapping = resolveAlias(document, node);
    if (mapping.kind !== "mapping") {
      const keys = steps.slice(0, depth).map(({ key }) => key);
      return failure(whyNoMapping(mapping), `"${keys.join(".")}" is not a mapping`, path);
    }
    const entry = findEntry(mapping, step.key);
    if (entry === undefined) return toMissing(document, mapping, steps.slice(depth), path);
    const value = { node: entry.value, flow: mapping.flow, entry };
    const item = descend(document, value, step.indexes, path);
    if ("kind" in item) return item;
    position = item;
  }
  return toLeaf(document, position.node, position.flow, path);
}

function descend(
  document: YamlDocument,
  value: Position,
  indexes: readonly number[],
  path: string,
): Position | HelmValueFailure {
  let position = value;
  for (const index of indexes) {
    const list = resolveAlias(document, position.node);
    if (list.kind !== "sequence") {
      return failure("not-a-sequence", `position [${index}] is asked of what is not a list`, path);
    }
    const node = list.items[index];
    if (node === undefined) {
      const message = `position [${index}] is asked of a list with ${list.items.length} items`;
      return failure("index-out-of-range", message, path);
    }
    position = { node, flow: list.flow };
  }
  return position;
}

function toMissing(
  document: YamlDocument,
  mapping: YamlMapping,
  steps: readonly HelmValueStep[],
  path: string,
): HelmValueLookup {
  if (steps.some(hasIndex)) return listIsMissing(path);
  const keys = steps.map((step) => step.key);
  const [key = ""] = keys;
  const value = findMerged(document, mapping, key);
  const merged = value === undefined ? undefined : resolveAlias(document, value);
  if (merged === undefined) return { kind: "missing", mapping, keys };
  if (keys.length === 1 && merged.kind === "scalar") {
    return { kind: "missing", mapping, keys, merged };
  }
  const message = `"${key}" comes from a merged mapping (<<) and cannot be changed in this place alone`;
  return failure("unsupported-yaml", message, path);
}

function toBelowNull(
  node: YamlScalar,
  entry: YamlEntry | undefined,
  flow: boolean,
  steps: readonly HelmValueStep[],
  path: string,
): HelmValueLookup {
  if (steps.some(hasIndex)) return listIsMissing(path);
  return { kind: "below-null", node, entry, flow, keys: steps.map((step) => step.key) };
}

function hasIndex({ indexes }: HelmValueStep): boolean {
  return indexes.length > 0;
}

function listIsMissing(path: string): HelmValueFailure {
  return failure("not-found", "the list it names is not in the file", path);
}

/** Null that nothing refers to, which a mapping can replace. */
function isPlaceholder(node: YamlNode): node is YamlScalar {
  return node.kind === "scalar" && isNullScalar(node) && node.anchor === undefined;
}

function toLeaf(
  document: YamlDocument,
  node: YamlNode,
  flow: boolean,
  path: string,
): HelmValueFound | HelmValueFailure {
  const scalar = resolveAlias(document, node);
  if (scalar.kind === "sequence") return failure("index-missing", "it leads to a list", path);
  if (scalar.kind !== "scalar" || node.kind === "mapping" || node.kind === "sequence") {
    return failure("not-a-scalar", "it leads to a mapping", path);
  }
  return { kind: "found", node, scalar, flow };
}

function whyNoMapping(node: YamlNode): EditErrorCode {
  return node.kind === "sequence" ? "index-missing" : "not-a-mapping";
}

function failure(code: EditErrorCode, why: string, path: string): HelmValueFailure {
  return { kind: "failure", error: new EditError(code, `path "${path}": ${why}`, { path }) };
}
