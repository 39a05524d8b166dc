import { EditError } from "../errors/edit-error.js";
import type { KustomizationImage } from "../ports/edits.js";
import { elementContent, IMAGE_FIELDS, readElement, setField } from "./kustomization-element.js";
import { applyTextEdits, type TextEdit } from "./text-edit.js";
import { parseEdited } from "./verify-yaml-edit.js";
import { formatBlock, formatFlow, type YamlContentList } from "./yaml-content.js";
import {
  appendEntries,
  appendItems,
  columnOf,
  endOfDocument,
  insertionOf,
  isNullScalar,
} from "./yaml-edit.js";
import { dashOf, layoutOf } from "./yaml-layout.js";
import { findEntry } from "./yaml-lookup.js";
import type { YamlDocument, YamlEntry, YamlMapping, YamlNode } from "./yaml-tree.js";

/** A kustomization and what it was parsed to. */
export interface KustomizationFile {
  readonly text: string;
  readonly documents: readonly YamlDocument[];
}

/** The images of a kustomization. */
export interface ImagesPlace {
  readonly document: YamlDocument;
  readonly root: YamlMapping;
  /** The entry `images`, where there is one. */
  readonly entry: YamlEntry | undefined;
}

/** What is said of `images` that is something else. */
export const NOT_A_LIST = "images of the kustomization is not a list";

/** Finds `images`. Throws {@link EditError} for several documents and for what is not a mapping. */
export function imagesOf(documents: readonly YamlDocument[]): ImagesPlace {
  const [document] = documents;
  if (documents.length > 1) {
    throw new EditError("unsupported-yaml", "the kustomization has more than one document");
  }
  if (document?.root.kind !== "mapping") {
    throw new EditError("not-a-mapping", "the kustomization is not a mapping");
  }
  const { root } = document;
  return { document, root, entry: findEntry(root, "images") };
}

/**
 * Sets the entries of all images, one field of all of them in one pass, then adds those that are not
 * there. Throws {@link EditError} for what cannot be changed in place.
 */
export function setImages(
  file: KustomizationFile,
  images: ReadonlyMap<string, KustomizationImage>,
): KustomizationFile {
  // An entry may refer to what another one has changed: a second pass gives it a value of its own.
  const once = setFields(file, images);
  const twice = once === file ? once : setFields(once, images);
  return addImages(twice, images);
}

/** Whether a node is null. */
export function isNull(node: YamlNode): boolean {
  return node.kind === "scalar" && isNullScalar(node);
}

function setFields(
  file: KustomizationFile,
  images: ReadonlyMap<string, KustomizationImage>,
): KustomizationFile {
  return IMAGE_FIELDS.reduce((current, field) => {
    const { document, entry } = imagesOf(current.documents);
    const items = entry?.value.kind === "sequence" ? entry.value.items : [];
    const edits = items.flatMap((item) => {
      const image = images.get(readElement(document, item)?.name ?? "");
      if (image === undefined) return [];
      return setField(current.text, document, item, field, image[field] ?? "");
    });
    return make(current, edits);
  }, file);
}

function addImages(
  file: KustomizationFile,
  images: ReadonlyMap<string, KustomizationImage>,
): KustomizationFile {
  const place = imagesOf(file.documents);
  const list = place.entry?.value;
  const items = list?.kind === "sequence" ? list.items : [];
  const present = new Set(items.map((item) => readElement(place.document, item)?.name));
  const missing = [...images.values()].filter(({ name }) => !present.has(name));
  if (missing.length === 0) return file;
  const content = missing.map((image) => ({ entries: elementContent(image) }));
  return make(file, additionOf(file.text, place, { items: content }));
}

function make(file: KustomizationFile, edits: readonly TextEdit[]): KustomizationFile {
  if (edits.length === 0) return file;
  const text = applyTextEdits(file.text, edits);
  return { text, documents: parseEdited(text) };
}

function additionOf(
  text: string,
  { root, entry }: ImagesPlace,
  items: YamlContentList,
): readonly TextEdit[] {
  const layout = layoutOf(text, root);
  if (entry === undefined) {
    const end = endOfDocument(text, root.end);
    return [appendEntries(text, root, { entries: [["images", items]] }, layout, end)];
  }
  const { key, value } = entry;
  const isEmptyList = value.kind === "sequence" && /^\[[ \t]*\]$/.test(sliceOf(text, value));
  if (isNull(value) || (isEmptyList && !root.flow)) {
    if (value.anchor !== undefined || value.tag !== undefined || entry.colon === undefined) {
      throw new EditError("unsupported-yaml", "images of the kustomization has an anchor or a tag");
    }
    const start = entry.colon + 1;
    const { end } = value;
    if (root.flow) return [{ start, end, text: ` ${formatFlow(items, false)}` }];
    const column = columnOf(text, key.outerStart) + layout.listStep;
    const lines = formatBlock(items, { ...layout, column });
    return [{ start, end, text: "" }, insertionOf(text, end, lines)];
  }
  if (value.kind !== "sequence") throw new EditError("not-a-sequence", NOT_A_LIST);
  return [appendItems(text, value, items, { ...layout, dash: dashOf(text, value) })];
}

function sliceOf(text: string, { start, end }: YamlNode): string {
  return text.slice(start, end);
}
