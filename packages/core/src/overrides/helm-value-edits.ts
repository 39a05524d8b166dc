import { EditError } from "../errors/edit-error.js";
import { hasRegistryPrefix } from "../image/registry-prefix.js";
import type { HelmValueChange } from "../ports/edits.js";
import { addNested, nest } from "./helm-value-content.js";
import {
  lookUpHelmValue,
  type HelmValueBelowNull,
  type HelmValueFound,
  type HelmValueLookup,
  type HelmValueMissing,
} from "./helm-value-lookup.js";
import { applyTextEdits, type TextEdit } from "./text-edit.js";
import { verifyYamlEdit } from "./verify-yaml-edit.js";
import {
  hasSameProperties,
  haveSameEntries,
  isContent,
  isString,
  type YamlComparison,
} from "./yaml-compare.js";
import type { BlockLayout, YamlContentMapping } from "./yaml-content.js";
import { appendEntries, endOfDocument, replaceScalar } from "./yaml-edit.js";
import { layoutOf } from "./yaml-layout.js";
import { hasMergeKey } from "./yaml-lookup.js";
import { replaceNull } from "./yaml-null.js";
import type { YamlDocument, YamlMapping, YamlNode, YamlScalar } from "./yaml-tree.js";

/** A values file between two changes, with what it was parsed to if that is known. */
export interface ValuesFile {
  readonly text: string;
  readonly documents?: readonly YamlDocument[] | undefined;
}

/** Edits of one values file that do not touch each other, collected to be made in one pass. */
export interface HelmEdits {
  readonly text: string;
  readonly documents: readonly YamlDocument[];
  readonly layout: Omit<BlockLayout, "column">;
  readonly edits: TextEdit[];
  /** Replaced block scalars: what is added behind one has its place when they are gone. */
  readonly blocks: YamlNode[];
  /** What is written in the place of scalars and aliases. */
  readonly replaced: Map<YamlNode, string>;
  /** What is added to a mapping, or written in the place of a null. */
  readonly added: Map<YamlNode, Addition>;
  /** Scalars that decided about an edit, or are changed by one. */
  readonly touched: Set<YamlNode>;
}

interface Addition {
  readonly content: YamlContentMapping;
  toEdits(content: YamlContentMapping): readonly TextEdit[];
}

/** Begins to collect edits of a file that has a document at least. */
export function createHelmEdits(text: string, documents: readonly YamlDocument[]): HelmEdits {
  const [document] = documents;
  if (document === undefined) throw new EditError("unsupported-yaml", "the values file is empty");
  return {
    text,
    documents,
    layout: layoutOf(text, document.root),
    edits: [],
    blocks: [],
    replaced: new Map(),
    added: new Map(),
    touched: new Set(),
  };
}

/**
 * Adds what a change needs. Answers `false`, and adds nothing, where its outcome depends on an edit that
 * is already there. Throws {@link EditError} where the value cannot be set.
 */
export function planHelmValue(edits: HelmEdits, change: HelmValueChange): boolean {
  const lookup = lookUp(edits.documents, change.path);
  if (lookup.kind === "failure") throw lookup.error;
  const value = valueToWrite(change, lookup);
  return lookup.kind === "found"
    ? planReplacement(edits, lookup, value)
    : planAddition(edits, lookup, value);
}

/** Makes the edits and reads the outcome again. Throws {@link EditError} where anything else changed. */
export function makeHelmEdits({ text, documents, edits, replaced, added }: HelmEdits): ValuesFile {
  const additions = [...added.values()].flatMap(({ content, toEdits }) => toEdits(content));
  if (edits.length + additions.length === 0) return { text, documents };
  const edited = applyTextEdits(text, [...edits, ...additions]);
  const decide: YamlComparison = (before, after) => {
    const value = replaced.get(before);
    if (value !== undefined) return isString(after, value) && hasSameProperties(before, after);
    const content = added.get(before)?.content;
    return content && isExtended(before, after, content, decide);
  };
  return { text: edited, documents: verifyYamlEdit(documents, edited, decide) };
}

/** A value of a later document would be set without effect, and one beside it be a surprise. */
function lookUp([document, ...others]: readonly YamlDocument[], path: string): HelmValueLookup {
  if (document === undefined) throw new EditError("unsupported-yaml", "the values file is empty");
  const lookup = lookUpHelmValue(document, path);
  if (lookup.kind === "found") return lookup;
  const place = others.findIndex((other) => lookUpHelmValue(other, path).kind === "found");
  if (place === -1) return lookup;
  const message = `"${path}" stands in document ${place + 2} of the values file, and Helm reads the first alone; move it there`;
  throw new EditError("unsupported-yaml", message, { path });
}

function valueToWrite(
  { value, shortValue }: HelmValueChange,
  lookup: HelmValueFound | HelmValueMissing | HelmValueBelowNull,
): string {
  const present = presentOf(lookup)?.value ?? "";
  const isShort = present !== "" && !hasRegistryPrefix(present);
  return shortValue !== undefined && isShort ? shortValue : value;
}

function presentOf(
  lookup: HelmValueFound | HelmValueMissing | HelmValueBelowNull,
): YamlScalar | undefined {
  if (lookup.kind === "below-null") return undefined;
  return lookup.kind === "found" ? lookup.scalar : lookup.merged;
}

function planReplacement(
  { text, edits, blocks, replaced, added, touched }: HelmEdits,
  { node, scalar, flow }: HelmValueFound,
  value: string,
): boolean {
  if (touched.has(node) || touched.has(scalar) || added.has(node)) return false;
  if (!isString(scalar, value)) {
    edits.push(...replaceScalar(text, node, value, flow));
    replaced.set(node, value);
    if (node.kind === "scalar" && node.style === "block") blocks.push(node);
  }
  touched.add(node).add(scalar);
  return true;
}

function planAddition(
  edits: HelmEdits,
  lookup: HelmValueMissing | HelmValueBelowNull,
  value: string,
): boolean {
  const { added, blocks, touched } = edits;
  if (blocks.length > 0) return false;
  const place = lookup.kind === "missing" ? lookup.mapping : lookup.node;
  if (touched.has(place)) return false;
  if (lookup.kind === "missing" && hasMergeKey(lookup.mapping)) {
    // What is added elsewhere could be merged into this place.
    const isAlone = added.size === 0 || (added.size === 1 && added.has(place));
    if (!isAlone || (lookup.merged !== undefined && touched.has(lookup.merged))) return false;
    if (lookup.merged !== undefined) touched.add(lookup.merged);
  }
  const present = added.get(place);
  // The next one then belongs behind the comments that close the document.
  const isDocument = lookup.kind === "below-null" && lookup.entry === undefined;
  if (isDocument && present !== undefined) return false;
  const content =
    present === undefined
      ? nest(lookup.keys, value)
      : addNested(present.content, lookup.keys, value);
  if (content === undefined) return false;
  const toEdits = present?.toEdits ?? writerOf(edits, lookup);
  toEdits(content);
  added.set(place, { content, toEdits });
  return true;
}

function writerOf(
  { text, documents, layout }: HelmEdits,
  lookup: HelmValueMissing | HelmValueBelowNull,
): Addition["toEdits"] {
  if (lookup.kind === "below-null") {
    return (content) => replaceNull(text, lookup, content, layout);
  }
  const { mapping } = lookup;
  const isRoot = documents.some(({ root }) => root === mapping);
  const end = isRoot ? endOfDocument(text, mapping.end) : mapping.end;
  return (content) => [appendEntries(text, mapping, content, layout, end)];
}

function isExtended(
  before: YamlNode,
  after: YamlNode,
  content: YamlContentMapping,
  decide: YamlComparison,
): boolean {
  if (after.kind !== "mapping" || !hasSameProperties(before, after)) return false;
  if (before.kind !== "mapping") return isContent(after, content);
  const count = before.entries.length;
  const rest: YamlMapping = { ...after, entries: after.entries.slice(count) };
  return (
    before.flow === after.flow &&
    haveSameEntries(before.entries, after.entries.slice(0, count), decide) &&
    isContent(rest, content)
  );
}
