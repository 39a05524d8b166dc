import { EditError } from "../errors/edit-error.js";
import type { YamlAlias, YamlDocument, YamlEntry, YamlMapping, YamlNode } from "./yaml-tree.js";

/**
 * The entry of a mapping with this key, merged mappings left out. Throws {@link EditError}
 * `unsupported-yaml` for a mapping that readers take differently: with a key twice, with a key that
 * is not plain text, or with a tag of its own.
 */
export function findEntry(mapping: YamlMapping, key: string): YamlEntry | undefined {
  if (mapping.tag !== undefined && mapping.tag !== "!!map") {
    throw new EditError("unsupported-yaml", `a mapping tagged ${mapping.tag} cannot be edited`);
  }
  const seen = new Set<string>();
  let found: YamlEntry | undefined;
  for (const entry of mapping.entries) {
    const text = keyOf(entry, mapping.flow);
    if (seen.has(text) && text !== MERGE_KEY) {
      throw new EditError("unsupported-yaml", `a mapping has the key "${text}" twice`);
    }
    seen.add(text);
    if (text === key) found = entry;
  }
  return found;
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

function targetOf(document: YamlDocument, alias: YamlAlias): YamlNode {
  const target = document.anchored.findLast(
    (node) => node.anchor === alias.name && node.outerStart < alias.start,
  );
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
