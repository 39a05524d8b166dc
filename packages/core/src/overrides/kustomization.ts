import { EditError } from "../errors/edit-error.js";
import { referenceText } from "../image/image-names.js";
import type { KustomizationImage } from "../ports/edits.js";
import { splitByteOrderMark } from "./byte-order-mark.js";
import { readElement } from "./kustomization-element.js";
import { imagesOf, isNull, NOT_A_LIST, setImages } from "./kustomization-edits.js";
import { verifyKustomization } from "./verify-kustomization.js";
import { resolveAlias } from "./yaml-lookup.js";
import { parseYamlDocuments, type YamlDocument } from "./yaml-tree.js";

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
  if (images.length === 0) return source;
  const byName = new Map(images.map((image) => [image.name, image]));
  const before = { text, documents: parseYamlDocuments(text) };
  const after = setImages(before, byName);
  if (after.text !== text) verifyKustomization(before.documents, after.documents, byName);
  if (images.some(({ newName }) => newName)) refuseOverridden(readImages(after.documents), byName);
  return mark + after.text;
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
  return readImages(parseYamlDocuments(splitByteOrderMark(source).text));
}

function readImages(documents: readonly YamlDocument[]): readonly KustomizationImage[] {
  if (documents.length === 0) return [];
  const { document, entry } = imagesOf(documents);
  const list = entry === undefined ? undefined : resolveAlias(document, entry.value);
  if (list === undefined || isNull(list)) return [];
  if (list.kind !== "sequence") throw new EditError("not-a-sequence", NOT_A_LIST);
  return list.items.flatMap((item) => readElement(document, item) ?? []);
}
