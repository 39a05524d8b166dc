import type { KustomizationImage } from "../ports/edits.js";
import { elementContent, IMAGE_FIELDS } from "./kustomization-element.js";
import { verifyYamlEdit } from "./verify-yaml-edit.js";
import {
  hasSameProperties,
  haveSameEntries,
  haveSamePairs,
  isSameNode,
  isString,
} from "./yaml-compare.js";
import { findEntry, resolveAlias } from "./yaml-lookup.js";
import type { YamlDocument, YamlMapping, YamlNode } from "./yaml-tree.js";

/** What was meant to change in a kustomization. */
export interface KustomizationChange {
  readonly document: YamlDocument;
  /** The value of `images` as it was, where there was one. */
  readonly list: YamlNode | undefined;
  /** Positions of the entries that were set; none means that one was appended. */
  readonly indexes: readonly number[];
  readonly image: KustomizationImage;
}

/**
 * Reads an edited kustomization again and throws `EditError` `unsupported-yaml` unless the entries
 * hold exactly what the image says and all the rest is as before.
 */
export function verifyKustomization(edited: string, change: KustomizationChange): void {
  const { document, list } = change;
  verifyYamlEdit([document], edited, (before, after) => {
    if (before === list) return isListChanged(before, after, change);
    if (list !== undefined || before !== document.root) return undefined;
    return isRootExtended(before, after, change);
  });
}

function isRootExtended(before: YamlNode, after: YamlNode, change: KustomizationChange): boolean {
  if (before.kind !== "mapping" || after.kind !== "mapping") return false;
  const [images] = after.entries.slice(before.entries.length);
  return (
    after.entries.length === before.entries.length + 1 &&
    hasSameProperties(before, after) &&
    haveSameEntries(before.entries, after.entries.slice(0, -1), () => undefined) &&
    images !== undefined &&
    isString(images.key, "images") &&
    isListChanged(undefined, images.value, change)
  );
}

function isListChanged(
  before: YamlNode | undefined,
  after: YamlNode,
  { document, indexes, image }: KustomizationChange,
): boolean {
  if (after.kind !== "sequence" || after.anchor !== before?.anchor || after.tag !== before?.tag) {
    return false;
  }
  const items = before?.kind === "sequence" ? before.items : [];
  const added = after.items.slice(items.length);
  return (
    added.length === (indexes.length === 0 ? 1 : 0) &&
    added.every((item) => isNewElement(item, image)) &&
    haveSamePairs(
      [...items.entries()],
      after.items.slice(0, items.length),
      ([index, item], edited) =>
        indexes.includes(index)
          ? isElementSet(document, item, edited, image)
          : isSameNode(item, edited, () => undefined),
    )
  );
}

function isNewElement(node: YamlNode, image: KustomizationImage): boolean {
  return (
    node.kind === "mapping" &&
    haveSamePairs(node.entries, elementContent(image), (entry, [field, value]) => {
      return isString(entry.key, field) && isString(entry.value, value);
    })
  );
}

function isElementSet(
  document: YamlDocument,
  before: YamlNode,
  after: YamlNode,
  image: KustomizationImage,
): boolean {
  if (before.kind !== "mapping" || after.kind !== "mapping") return false;
  return (
    before.flow === after.flow &&
    hasSameProperties(before, after) &&
    haveSameEntries(otherEntries(before), otherEntries(after), () => undefined) &&
    IMAGE_FIELDS.every((field) => {
      const entry = findEntry(after, field);
      const value = image[field] ?? "";
      if (entry === undefined || value === "") return entry === undefined && value === "";
      return isString(unalias(document, before, entry.value, field), value);
    })
  );
}

/** An alias that stayed has the value it had. */
function unalias(
  document: YamlDocument,
  before: YamlMapping,
  node: YamlNode,
  field: string,
): YamlNode {
  const old = node.kind === "alias" ? findEntry(before, field)?.value : undefined;
  return old?.kind === "alias" ? resolveAlias(document, old) : node;
}

function otherEntries({ entries }: YamlMapping): YamlMapping["entries"] {
  const fields: ReadonlySet<string> = new Set(IMAGE_FIELDS);
  return entries.filter(({ key }) => key.kind !== "scalar" || !fields.has(key.value));
}
