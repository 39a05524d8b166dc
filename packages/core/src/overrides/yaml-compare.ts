import type { YamlContent } from "./yaml-content.js";
import { isStringWhenPlain } from "./yaml-string.js";
import type { YamlDocument, YamlEntry, YamlNode } from "./yaml-tree.js";

/** Decides over a pair of nodes itself, or answers `undefined` to have them compared as all others. */
export type YamlComparison = (before: YamlNode, after: YamlNode) => boolean | undefined;

/**
 * Whether two YAML texts hold the same documents: the same keys, values, styles, anchors and tags in
 * the same order. `decide` judges the places that were meant to change.
 */
export function areSameDocuments(
  before: readonly YamlDocument[],
  after: readonly YamlDocument[],
  decide: YamlComparison,
): boolean {
  return haveSamePairs(before, after, (left, right) => isSameNode(left.root, right.root, decide));
}

/** Whether two nodes are the same, `decide` asked first for each pair. */
export function isSameNode(before: YamlNode, after: YamlNode, decide: YamlComparison): boolean {
  const decision = decide(before, after);
  if (decision !== undefined) return decision;
  return hasSameProperties(before, after) && hasSameContent(before, after, decide);
}

/** Whether two nodes carry the same anchor and the same tag. */
export function hasSameProperties(before: YamlNode, after: YamlNode): boolean {
  return before.anchor === after.anchor && before.tag === after.tag;
}

/** Whether a node is a scalar that every reader takes for this string. */
export function isString(node: YamlNode, value: string): boolean {
  if (node.kind !== "scalar" || node.value !== value) return false;
  if (!isStringTag(node.tag)) return false;
  return node.style !== "plain" || node.tag !== undefined || isStringWhenPlain(value);
}

/** Whether a node holds exactly what was to be written. */
export function isContent(node: YamlNode, content: YamlContent): boolean {
  if (typeof content === "string") return isString(node, content);
  if ("items" in content) {
    return node.kind === "sequence" && haveSamePairs(node.items, content.items, isContent);
  }
  return (
    node.kind === "mapping" &&
    haveSamePairs(node.entries, content.entries, (entry, [key, value]) => {
      return isString(entry.key, key) && isContent(entry.value, value);
    })
  );
}

/** Whether a scalar with this tag, or with none, can be a string. */
export function isStringTag(tag: string | undefined): boolean {
  return tag === undefined || STRING_TAGS.has(tag);
}

/** Whether two lists of entries hold the same keys and values, `decide` asked first for each pair. */
export function haveSameEntries(
  before: readonly YamlEntry[],
  after: readonly YamlEntry[],
  decide: YamlComparison,
): boolean {
  return haveSamePairs(
    before,
    after,
    (left, right) =>
      isSameNode(left.key, right.key, decide) && isSameNode(left.value, right.value, decide),
  );
}

/** Whether two lists are of one length and all their pairs are the same. */
export function haveSamePairs<Left, Right>(
  before: readonly Left[],
  after: readonly Right[],
  isSame: (left: Left, right: Right) => boolean,
): boolean {
  return (
    before.length === after.length &&
    before.every((left, index) => {
      const right = after[index];
      return right !== undefined && isSame(left, right);
    })
  );
}

const STRING_TAGS: ReadonlySet<string> = new Set(["!!str", "!", "!<tag:yaml.org,2002:str>"]);

function hasSameContent(before: YamlNode, after: YamlNode, decide: YamlComparison): boolean {
  if (before.kind === "scalar" && after.kind === "scalar") {
    return before.value === after.value && before.style === after.style;
  }
  if (before.kind === "alias" && after.kind === "alias") return before.name === after.name;
  if (before.kind === "sequence" && after.kind === "sequence") {
    const isSame = (left: YamlNode, right: YamlNode): boolean => isSameNode(left, right, decide);
    return before.flow === after.flow && haveSamePairs(before.items, after.items, isSame);
  }
  if (before.kind !== "mapping" || after.kind !== "mapping" || before.flow !== after.flow) {
    return false;
  }
  return haveSameEntries(before.entries, after.entries, decide);
}
