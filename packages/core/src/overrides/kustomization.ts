import { EditError } from "../errors/edit-error.js";
import { referenceText } from "../image/image-names.js";
import type { KustomizationImage } from "../ports/edits.js";
import { splitByteOrderMark } from "./byte-order-mark.js";
import { elementContent, IMAGE_FIELDS, readElement, setField } from "./kustomization-element.js";
import { verifyKustomization } from "./verify-kustomization.js";
import { formatBlock, formatFlow } from "./yaml-content.js";
import {
  appendEntries,
  appendItems,
  columnOf,
  endOfDocument,
  insertLines,
  isNullScalar,
  replaceRange,
} from "./yaml-edit.js";
import { dashOf, layoutOf } from "./yaml-layout.js";
import { findEntry, resolveAlias } from "./yaml-lookup.js";
import {
  parseYamlDocuments,
  type YamlDocument,
  type YamlEntry,
  type YamlMapping,
  type YamlNode,
} from "./yaml-tree.js";

/**
 * Sets entries of `images:` in a kustomization and keeps every other byte: comments, quotes, blank
 * lines, indentation, the order of keys, and all that is not `images`.
 *
 * An entry is found by its `name`, as text, and then holds exactly the `newName`, `newTag` and `digest` of the image: what the image does not say is
 * removed, fields of other purposes stay. An image without an entry is appended, and so is `images:`.
 * Throws {@link EditError} for several documents and for what cannot be changed in place.
 */
export function setKustomizationImages(
  source: string,
  images: readonly KustomizationImage[],
): string {
  const { mark, text } = splitByteOrderMark(source);
  const byName = new Map(images.map((image) => [image.name, image]));
  const edited = [...byName.values()].reduce(setImage, text);
  if (images.some(({ newName }) => newName))
    refuseOverridden(readKustomizationImages(edited), byName);
  return mark + edited;
}

/**
 * Kustomize applies the entries one after the other, each to what the one before it left: an entry for
 * the new name further down would take the version away again.
 */
function refuseOverridden(
  entries: readonly KustomizationImage[],
  images: ReadonlyMap<string, KustomizationImage>,
): void {
  const last = new Map(entries.map((entry, index) => [entry.name, index]));
  for (const [index, { name, newName = "" }] of entries.entries()) {
    const image = images.get(name);
    const later = last.get(newName) ?? -1;
    const found = entries[later];
    if (image === undefined || found === undefined || later <= index) continue;
    const version = versionOf(found);
    const isKept = version === "" || version === versionOf(image);
    if (isKept && [undefined, "", newName].includes(found.newName)) continue;
    const message = `Kustomize applies the entry "${newName}" of images to what the entry "${name}" has been replaced by; move it above that one, or give both one version`;
    throw new EditError("conflicting-changes", message);
  }
}

function versionOf({ newTag, digest }: KustomizationImage): string {
  return referenceText("", { tag: newTag, digest: digest === "" ? undefined : digest });
}

/** Reads the entries of `images:` in a kustomization; those without a name are left out. */
export function readKustomizationImages(source: string): readonly KustomizationImage[] {
  const documents = parseYamlDocuments(splitByteOrderMark(source).text);
  if (documents.length === 0) return [];
  const { document, entry } = imagesOf(documents);
  const list = entry === undefined ? undefined : resolveAlias(document, entry.value);
  if (list === undefined || isNull(list)) return [];
  if (list.kind !== "sequence") throw new EditError("not-a-sequence", NOT_A_LIST);
  return list.items.flatMap((item) => readElement(document, item) ?? []);
}

const NOT_A_LIST = "images of the kustomization is not a list";

interface ImagesPlace {
  readonly document: YamlDocument;
  readonly root: YamlMapping;
  /** The entry `images`, where there is one. */
  readonly entry: YamlEntry | undefined;
}

function imagesOf(documents: readonly YamlDocument[]): ImagesPlace {
  const [document] = documents;
  if (documents.length > 1) {
    throw new EditError("unsupported-yaml", "the kustomization has more than one document");
  }
  if (document?.root.kind !== "mapping") {
    throw new EditError("not-a-mapping", "the kustomization holds no mapping");
  }
  const { root } = document;
  return { document, root, entry: findEntry(root, "images") };
}

function setImage(text: string, image: KustomizationImage): string {
  const place = imagesOf(parseYamlDocuments(text));
  const { document, entry } = place;
  const list = entry?.value;
  const items = list?.kind === "sequence" ? list.items : [];
  const indexes = matchingItems(document, items, image.name);
  const edited =
    indexes.length === 0
      ? addElement(text, place, image)
      : indexes.reduce((edit, index) => setElement(edit, index, image), text);
  if (edited !== text) verifyKustomization(edited, { document, list, indexes, image });
  return edited;
}

/** Positions of the entries that mean the image. */
function matchingItems(
  document: YamlDocument,
  items: readonly YamlNode[],
  name: string,
): readonly number[] {
  return items.flatMap((item, index) =>
    readElement(document, item)?.name === name ? [index] : [],
  );
}

function setElement(text: string, index: number, image: KustomizationImage): string {
  return IMAGE_FIELDS.reduce((edited, field) => {
    const { document, entry } = imagesOf(parseYamlDocuments(edited));
    const element = entry?.value.kind === "sequence" ? entry.value.items[index] : undefined;
    if (element === undefined) throw new EditError("not-a-sequence", NOT_A_LIST);
    return setField(edited, document, element, field, image[field] ?? "");
  }, text);
}

function addElement(text: string, { root, entry }: ImagesPlace, image: KustomizationImage): string {
  const items = { items: [{ entries: elementContent(image) }] };
  const layout = layoutOf(text, root);
  if (entry === undefined) {
    const end = endOfDocument(text, root.end);
    return appendEntries(text, root, { entries: [["images", items]] }, layout, end);
  }
  const { key, value } = entry;
  const isEmptyList = value.kind === "sequence" && /^\[[ \t]*\]$/.test(sliceOf(text, value));
  if (isNull(value) || (isEmptyList && !root.flow)) {
    if (value.anchor !== undefined || value.tag !== undefined || entry.colon === undefined) {
      throw new EditError("unsupported-yaml", "images of the kustomization has an anchor or a tag");
    }
    const start = entry.colon + 1;
    if (root.flow) return replaceRange(text, start, value.end, ` ${formatFlow(items, false)}`);
    const column = columnOf(text, key.outerStart) + layout.listStep;
    const emptied = replaceRange(text, start, value.end, "");
    return insertLines(emptied, start, formatBlock(items, { ...layout, column }));
  }
  if (value.kind !== "sequence") throw new EditError("not-a-sequence", NOT_A_LIST);
  return appendItems(text, value, items, { ...layout, dash: dashOf(text, value) });
}

function isNull(node: YamlNode): boolean {
  return node.kind === "scalar" && isNullScalar(node);
}

function sliceOf(text: string, { start, end }: YamlNode): string {
  return text.slice(start, end);
}
