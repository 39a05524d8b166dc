import { EditError } from "../errors/edit-error.js";
import type { KustomizationImage } from "../ports/edits.js";
import { elementContent, IMAGE_FIELDS, readElement } from "./kustomization-element.js";
import {
  areSameDocuments,
  hasSameProperties,
  haveSameEntries,
  haveSamePairs,
  isContent,
  isSameNode,
  isString,
} from "./yaml-compare.js";
import { findEntry, resolveAlias } from "./yaml-lookup.js";
import type { YamlDocument, YamlMapping, YamlNode } from "./yaml-tree.js";

/** What was meant to change in a kustomization, and the documents before and after. */
interface Change {
  readonly before: YamlDocument;
  readonly after: YamlDocument;
  readonly images: ReadonlyMap<string, KustomizationImage>;
}

/**
 * Throws {@link EditError} `unsupported-yaml` unless the entries of an edited kustomization hold exactly
 * what the images, by name, say and all the rest is as before.
 */
export function verifyKustomization(
  before: readonly YamlDocument[],
  after: readonly YamlDocument[],
  images: ReadonlyMap<string, KustomizationImage>,
): void {
  const [old, edited] = [before[0], after[0]];
  if (old !== undefined && edited !== undefined) {
    const change = { before: old, after: edited, images };
    const list = old.root.kind === "mapping" ? findEntry(old.root, "images")?.value : undefined;
    const isSame = areSameDocuments(before, after, (left, right) => {
      if (left === list) return isListChanged(left, right, change);
      return list === undefined && left === old.root
        ? isRootExtended(left, right, change)
        : undefined;
    });
    if (isSame) return;
  }
  throw new EditError("unsupported-yaml", "it cannot be written without changing other values");
}

function isRootExtended(before: YamlNode, after: YamlNode, change: Change): boolean {
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

function isListChanged(before: YamlNode | undefined, after: YamlNode, change: Change): boolean {
  if (after.kind !== "sequence" || after.anchor !== before?.anchor || after.tag !== before?.tag) {
    return false;
  }
  const items = before?.kind === "sequence" ? before.items : [];
  const names = items.map((item) => readElement(change.before, item)?.name);
  const present = new Set(names);
  const added = [...change.images.values()].filter(({ name }) => !present.has(name));
  return (
    haveSamePairs(
      [...items.entries()],
      after.items.slice(0, items.length),
      ([index, item], edited) => {
        const image = change.images.get(names[index] ?? "");
        return image === undefined
          ? isSameNode(item, edited, () => undefined)
          : isElementSet(change.after, item, edited, image);
      },
    ) &&
    haveSamePairs(after.items.slice(items.length), added, (item, image) => {
      return isContent(item, { entries: elementContent(image) });
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
      return isString(resolveAlias(document, entry.value), value);
    })
  );
}

function otherEntries({ entries }: YamlMapping): YamlMapping["entries"] {
  const fields: ReadonlySet<string> = new Set(IMAGE_FIELDS);
  return entries.filter(({ key }) => key.kind !== "scalar" || !fields.has(key.value));
}
