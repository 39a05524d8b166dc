import { EditError, type EditErrorCode } from "../errors/edit-error.js";
import type { HelmValueChange } from "../ports/edits.js";
import { splitByteOrderMark } from "./byte-order-mark.js";
import { lookUpHelmValue } from "./helm-value-lookup.js";
import { applyHelmChanges } from "./helm-value-changes.js";
import { isNullScalar } from "./yaml-edit.js";
import { parseYamlDocuments, type YamlNode } from "./yaml-tree.js";

/**
 * Sets values of a Helm values file and keeps every other byte: comments, quotes, blank lines, line
 * breaks, anchors, flow style and further documents.
 *
 * Paths are those of Argo CD Image Updater; a value that is not there is created, also in a file that
 * is empty, holds nothing but comments or does not exist, and where null stands for a mapping, but
 * never an item of a list. A written value reads as a string to every
 * YAML parser. An alias on the way is followed; one in the place of the value gives way to it; a
 * merged mapping (`<<`) is overridden, not changed. Throws {@link EditError} where that is not possible,
 * and for a value that stands in a later document alone, which Helm does not read.
 */
export function setHelmValues(
  source: string | undefined,
  changes: readonly HelmValueChange[],
): string {
  const { mark, text } = splitByteOrderMark(source ?? "");
  return mark + applyHelmChanges(text, changes);
}

/**
 * Reads a value of a Helm values file as text; empty for null. Helm reads the first document and no
 * other. Throws {@link EditError} `not-found` where the path leads to no single value, `invalid-index` and `invalid-path` for what is not a path.
 */
export function getHelmValue(source: string, path: string): string {
  const [document] = parseYamlDocuments(splitByteOrderMark(source).text);
  if (document === undefined) {
    throw new EditError("not-found", "the values file is empty", { path });
  }
  const lookup = lookUpHelmValue(document, path);
  const scalar = lookup.kind === "found" ? lookup.scalar : undefined;
  const present = lookup.kind === "missing" ? lookup.merged : scalar;
  if (present !== undefined) return isNullScalar(present) ? "" : present.value;
  if (lookup.kind === "failure" && !NOT_FOUND.has(lookup.error.code)) throw lookup.error;
  const why = lookup.kind === "failure" ? lookup.error.message : `path "${path}" leads to no value`;
  throw new EditError("not-found", why, { path });
}

/** What a values file says of a path, as Helm reads it. */
export type HelmValueState =
  /** Nothing: what stands below it counts. */
  | { readonly kind: "absent" }
  | { readonly kind: "value"; readonly value: string }
  /** A list, a mapping, or another shape on the way: what stands below is gone all the same. */
  | { readonly kind: "other" }
  /** The file cannot be read. */
  | { readonly kind: "unknown" };

/** Says what a values file makes of a path; Helm reads the first document and no other. Never throws. */
export function helmValueState(source: string, path: string): HelmValueState {
  try {
    const [document] = parseYamlDocuments(splitByteOrderMark(source).text);
    if (document === undefined || isEmpty(document.root)) return { kind: "absent" };
    const lookup = lookUpHelmValue(document, path);
    const scalar = lookup.kind === "found" ? lookup.scalar : undefined;
    const present = lookup.kind === "missing" ? lookup.merged : scalar;
    if (present !== undefined) {
      return { kind: "value", value: isNullScalar(present) ? "" : present.value };
    }
    if (lookup.kind === "below-null") return { kind: "other" };
    if (lookup.kind !== "failure") return { kind: "absent" };
    if (NOT_FOUND.has(lookup.error.code)) return { kind: "other" };
    return { kind: lookup.error.code === "not-found" ? "absent" : "unknown" };
  } catch (error) {
    if (EditError.is(error)) return { kind: "unknown" };
    throw error;
  }
}

function isEmpty(root: YamlNode): boolean {
  return root.kind === "scalar" && isNullScalar(root);
}

const NOT_FOUND: ReadonlySet<EditErrorCode> = new Set([
  "index-out-of-range",
  "index-missing",
  "not-a-scalar",
  "not-a-mapping",
  "not-a-sequence",
]);
