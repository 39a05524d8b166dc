import { EditError } from "../errors/edit-error.js";
import { countLeading } from "./sorted-search.js";
import type { YamlAlias, YamlDocument, YamlEntry, YamlMapping, YamlNode } from "./yaml-tree.js";

/**
 * The entry of a mapping with this key, merged mappings left out. Throws {@link EditError}
 * `unsupported-yaml` for a mapping that readers take differently: with this key twice, with a key that
 * is not plain text, or with a tag of its own.
 */
export function findEntry(mapping: YamlMapping, key: string): YamlEntry | undefined {
  if (mapping.tag !== undefined && mapping.tag !== "!!map") {
    throw new EditError("unsupported-yaml", `a mapping tagged ${mapping.tag} cannot be edited`);
  }
  const found = keysOf(mapping).get(key);
  if (found !== "twice" || key === MERGE_KEY) {
    return found === "twice" ? mapping.entries.findLast(isMerge) : found;
  }
  throw new EditError("unsupported-yaml", `a mapping has the key "${key}" twice`);
}

/** The value a mapping has for this key only because another mapping is merged into it with `<<`. */
export function findMerged(
  document: YamlDocument,
  mapping: YamlMapping,
  key: string,
): YamlNode | undefined {
  return findInMerged(document, mapping, key, MAXIMUM_MERGE_DEPTH);
}

/** Whether anything is merged into the mapping with `<<`. */
export function hasMergeKey(mapping: YamlMapping): boolean {
  return mapping.entries.some(isMerge);
}

/**
 * The node an alias stands for, through all levels; any other node is given back. Throws
 * {@link EditError} for an alias without an anchor before it, or one that refers to itself.
 */
export function resolveAlias(document: YamlDocument, node: YamlNode): YamlNode {
  const seen = new Set<YamlNode>();
  let current = node;
  while (current.kind === "alias") {
    if (seen.has(current))
      throw new EditError("invalid-yaml", `alias *${current.name} is circular`);
    seen.add(current);
    current = targetOf(document, current);
  }
  return current;
}

const MERGE_KEY = "<<";
const MAXIMUM_MERGE_DEPTH = 20;

type Keys = ReadonlyMap<string, YamlEntry | "twice">;

/** Trees do not change, so what was read of one counts for as long as it is there. */
const KEYS = new WeakMap<YamlMapping, Keys>();
const ANCHORS = new WeakMap<YamlDocument, ReadonlyMap<string, readonly YamlNode[]>>();

function keysOf(mapping: YamlMapping): Keys {
  const known = KEYS.get(mapping);
  if (known !== undefined) return known;
  const keys = new Map<string, YamlEntry | "twice">();
  for (const entry of mapping.entries) {
    const text = keyOf(entry, mapping.flow);
    keys.set(text, keys.has(text) ? "twice" : entry);
  }
  KEYS.set(mapping, keys);
  return keys;
}

function anchorsOf(document: YamlDocument): ReadonlyMap<string, readonly YamlNode[]> {
  const known = ANCHORS.get(document);
  if (known !== undefined) return known;
  const anchors = new Map<string, YamlNode[]>();
  for (const node of document.anchored) {
    const same = anchors.get(node.anchor ?? "");
    if (same === undefined) anchors.set(node.anchor ?? "", [node]);
    else same.push(node);
  }
  ANCHORS.set(document, anchors);
  return anchors;
}

function targetOf(document: YamlDocument, alias: YamlAlias): YamlNode {
  const nodes = anchorsOf(document).get(alias.name) ?? [];
  const target = nodes[countLeading(nodes, (node) => node.outerStart < alias.start) - 1];
  if (target === undefined) {
    throw new EditError("invalid-yaml", `alias *${alias.name} has no anchor before it`);
  }
  return target;
}

function keyOf({ key, colon, value }: YamlEntry, flow: boolean): string {
  const isPlainKey = key.kind === "scalar" && key.start < key.end && key.style !== "block";
  const isSimple = colon !== undefined || (flow && value.start === value.end);
  if (isPlainKey && isSimple) return key.value;
  throw new EditError("unsupported-yaml", "a mapping has a key that is not plain text");
}

function isMerge({ key }: YamlEntry): boolean {
  return key.kind === "scalar" && key.style === "plain" && key.value === MERGE_KEY;
}

function findInMerged(
  document: YamlDocument,
  mapping: YamlMapping,
  key: string,
  depth: number,
): YamlNode | undefined {
  if (depth === 0) throw new EditError("unsupported-yaml", "mappings are merged too deeply");
  for (const { value } of mapping.entries.filter(isMerge)) {
    const target = resolveAlias(document, value);
    for (const source of target.kind === "sequence" ? target.items : [target]) {
      const merged = resolveAlias(document, source);
      if (merged.kind !== "mapping") continue;
      const found = findEntry(merged, key)?.value ?? findInMerged(document, merged, key, depth - 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
