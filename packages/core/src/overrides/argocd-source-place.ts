import { EditError } from "../errors/edit-error.js";
import type { ResolveAlias } from "./argocd-source-list.js";
import { isNullScalar } from "./yaml-edit.js";
import {
  parseYamlDocuments,
  type YamlDocument,
  type YamlEntry,
  type YamlMapping,
  type YamlNode,
} from "./yaml-tree.js";

/** Where a list stands, or would stand, in the text of an override file. */
export interface SourcePlace {
  readonly text: string;
  readonly document: YamlDocument | undefined;
  /** Absent when the document is empty. */
  readonly root: YamlMapping | undefined;
  /** The entry `helm`, `kustomize` or `plugin`; its value is a mapping or null. */
  readonly block: YamlEntry | undefined;
  /** The entry of the list; its value is a list, null or an alias. */
  readonly list: YamlEntry | undefined;
  /** The items of the list, null ones left out. */
  readonly items: readonly YamlNode[];
  readonly resolve: ResolveAlias;
}

/**
 * Finds a list in an override file. `undefined` where the text is not YAML or has another shape than
 * such a file, so that nobody can read it anyway. Throws EditError `unsupported-yaml` where a change
 * would reach beyond the list: several documents, merge keys, anchors in what is rewritten.
 */
export function locateSourceList(
  text: string,
  names: { readonly block: string; readonly list: string },
): SourcePlace | undefined {
  const documents = tryParse(text);
  if (documents === undefined) return undefined;
  if (documents.length > 1) throw unsupported("it holds several documents");
  const [document] = documents;
  const place = locate(text, document, names);
  if (place !== undefined) refuseSharedNodes(place);
  return place;
}

/** Finds a list in a document, whatever else the document holds. */
export function locate(
  text: string,
  document: YamlDocument | undefined,
  names: { readonly block: string; readonly list: string },
): SourcePlace | undefined {
  const resolve = createResolve(document);
  const root = readMapping(document?.root, resolve);
  const block = root && findEntry(root, names.block);
  const members = root && readMapping(block?.value, resolve);
  const list = members && findEntry(members, names.list);
  const items = members && readItems(list?.value, resolve);
  if (items === undefined) return undefined;
  return {
    text,
    document,
    root: document?.root.kind === "mapping" ? root : undefined,
    block,
    list,
    items,
    resolve,
  };
}

/** The documents of a text; `undefined` when it is not YAML. */
export function tryParse(text: string): readonly YamlDocument[] | undefined {
  try {
    return parseYamlDocuments(text);
  } catch (error) {
    if (EditError.is(error) && error.code === "invalid-yaml") return undefined;
    throw error;
  }
}

const EMPTY: YamlMapping = {
  kind: "mapping",
  flow: true,
  entries: [],
  start: 0,
  end: 0,
  outerStart: 0,
};

function readMapping(node: YamlNode | undefined, resolve: ResolveAlias): YamlMapping | undefined {
  if (node === undefined || isNull(node)) return EMPTY;
  const mapping = resolve(node);
  return mapping.kind === "mapping" && hasDistinctKeys(mapping) ? mapping : undefined;
}

function readItems(
  node: YamlNode | undefined,
  resolve: ResolveAlias,
): readonly YamlNode[] | undefined {
  if (node === undefined || isNull(node)) return [];
  const sequence = resolve(node);
  return sequence.kind === "sequence" ? sequence.items.filter((item) => !isNull(item)) : undefined;
}

function findEntry({ entries }: YamlMapping, name: string): YamlEntry | undefined {
  return entries.find(({ key }) => key.kind === "scalar" && key.value === name);
}

function hasDistinctKeys({ entries }: YamlMapping): boolean {
  const keys = entries.map(({ key }) => (key.kind === "scalar" ? key.value : key));
  return new Set(keys).size === keys.length;
}

function isNull(node: YamlNode): boolean {
  return node.kind === "scalar" && isNullScalar(node);
}

/** An alias means the last node before it that carries the anchor. */
function createResolve(document: YamlDocument | undefined): ResolveAlias {
  return (node) => {
    if (node.kind !== "alias") return node;
    const isMeant = (other: YamlNode): boolean =>
      other.anchor === node.name && other.outerStart < node.start;
    return document?.anchored.findLast(isMeant) ?? node;
  };
}

function refuseSharedNodes({ document, root, block, list, items, resolve }: SourcePlace): void {
  if (document?.root.anchor !== undefined || block?.value.anchor !== undefined) {
    throw unsupported("an anchor stands on what would be changed");
  }
  if (block?.value.kind === "alias") throw unsupported("an alias stands for what would be changed");
  const [start, end] = [list?.value.outerStart ?? 0, list?.value.end ?? 0];
  const isRewritten = ({ outerStart }: YamlNode): boolean =>
    outerStart >= start && outerStart < end;
  if (document?.anchored.some(isRewritten)) throw unsupported("an anchor stands in the list");
  const mappings = [root, block?.value, ...items.map(resolve)];
  if (mappings.some((node) => node?.kind === "mapping" && findEntry(node, "<<") !== undefined)) {
    throw unsupported("a merge key stands in what would be changed");
  }
}

function unsupported(reason: string): EditError {
  return new EditError("unsupported-yaml", `The override file cannot be edited safely: ${reason}`);
}
