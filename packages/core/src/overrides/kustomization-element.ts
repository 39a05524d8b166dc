import { EditError } from "../errors/edit-error.js";
import type { KustomizationImage } from "../ports/edits.js";
import type { TextEdit } from "./text-edit.js";
import { isString } from "./yaml-compare.js";
import { appendEntries, isNullScalar, replaceScalar } from "./yaml-edit.js";
import { findEntry, findMerged, hasMergeKey, resolveAlias } from "./yaml-lookup.js";
import { removeEntry } from "./yaml-remove.js";
import type { YamlDocument, YamlMapping, YamlNode } from "./yaml-tree.js";

/** The fields of an entry of `images` that an update decides about. */
export type ImageField = "newName" | "newTag" | "digest";

/** These fields, in the order they are written. */
export const IMAGE_FIELDS: readonly ImageField[] = ["newName", "newTag", "digest"];

/** The fields of a new entry of `images`; an empty one counts as absent. */
export function elementContent(
  image: KustomizationImage,
): readonly (readonly [field: string, value: string])[] {
  const fields = IMAGE_FIELDS.map((field) => [field, image[field] ?? ""] as const);
  return [["name", image.name], ...fields.filter(([, value]) => value !== "")];
}

/** Reads an entry of `images`, aliases and merged mappings followed; undefined without a name. */
export function readElement(
  document: YamlDocument,
  node: YamlNode,
): KustomizationImage | undefined {
  const element = resolveAlias(document, node);
  if (element.kind !== "mapping") return undefined;
  const name = readField(document, element, "name");
  if (name === undefined) return undefined;
  const fields = IMAGE_FIELDS.map((field) => [field, readField(document, element, field)] as const);
  return { name, ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)) };
}

/** What writes one field of an entry, or removes it where the value is empty. */
export function setField(
  text: string,
  document: YamlDocument,
  element: YamlNode,
  field: ImageField,
  value: string,
): readonly TextEdit[] {
  if (element.kind !== "mapping" || hasMergeKey(element)) {
    throw new EditError("unsupported-yaml", "an entry is an alias or has a mapping merged into it");
  }
  const entry = findEntry(element, field);
  if (value === "") return entry === undefined ? [] : [removeEntry(text, element, entry)];
  if (entry === undefined) {
    return [appendEntries(text, element, { entries: [[field, value]] }, FLAT)];
  }
  const present = resolveAlias(document, entry.value);
  if (isString(present, value)) return [];
  if (entry.value.kind !== "scalar" && entry.value.kind !== "alias") {
    throw new EditError("not-a-scalar", `${field} of an entry is a mapping or a list`);
  }
  return replaceScalar(text, entry.value, value, element.flow);
}

/** A field has nothing below it that would be indented. */
const FLAT = { step: 2, listStep: 0, dash: 2 };

function readField(
  document: YamlDocument,
  element: YamlMapping,
  field: string,
): string | undefined {
  const value = findEntry(element, field)?.value ?? findMerged(document, element, field);
  const scalar = value === undefined ? undefined : resolveAlias(document, value);
  if (scalar?.kind !== "scalar" || isNullScalar(scalar)) return undefined;
  return scalar.value;
}
