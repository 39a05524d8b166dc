import { EditError } from "../errors/edit-error.js";
import type { ArgoCdSourceChanges, EnvironmentVariable, HelmParameter } from "../ports/edits.js";
import { assignComments, findComments, type YamlComment } from "./argocd-source-comments.js";
import {
  editSourceList,
  formatSourceFile,
  lastLineEnd,
  lineBreakOf,
} from "./argocd-source-edit.js";
import {
  readHelmParameter,
  readKustomizeImage,
  readPluginVariable,
  type ResolveAlias,
  type SourceList,
  sourceListOf,
} from "./argocd-source-list.js";
import { locate, locateSourceList, type SourcePlace, tryParse } from "./argocd-source-place.js";
import type { SourceRow } from "./argocd-source-rows.js";
import { endOfLine, type YamlDocument, type YamlNode } from "./yaml-tree.js";

/** What an override file holds. */
export interface ArgoCdSourceContent {
  readonly helmParameters: readonly HelmParameter[];
  readonly kustomizeImages: readonly string[];
  readonly pluginEnv: readonly EnvironmentVariable[];
}

/**
 * Renders the override file `.argocd-source-<application>.yaml`, as Argo CD Image Updater writes it:
 * changes merged by name into the existing list, Helm parameters sorted, two spaces, lists not
 * indented, `forcestring` in lower case. A file that holds nothing but the list is written anew, with
 * what leads up to its `---`; so is text that is not YAML or no such file. Without any change the
 * answer is the empty text, whatever was there.
 *
 * Unlike there, nothing else is lost: other keys, comments and line breaks stay, only the list is
 * written anew; `forceString` is read in any case. Throws EditError `unsupported-yaml` where that
 * cannot be done safely: several documents, merge keys, anchors in what is rewritten.
 */
export function renderArgoCdSource(
  existing: string | undefined,
  changes: ArgoCdSourceChanges,
): string {
  const list = sourceListOf(changes);
  if (!list.hasChanges) return "";
  const place = locateSourceList(existing ?? "", list);
  const comments = place === undefined ? [] : findComments(place.text, place.document?.root);
  const rows = place && list.merge(place.items, place.resolve, itemComments(place, comments));
  if (place === undefined || rows === undefined) return renderNew(list, existing);
  if (rows.length === 0) return place.text;

  const head = headOf(place.text);
  if (holdsOnlyTheList(place) && !comments.some(({ offset }) => offset >= head.length)) {
    return head + renderLines(formatSourceFile(list, rows), place.text);
  }
  const edited = editSourceList(place, list, rows);
  verify(edited, list, rows);
  return edited;
}

/** The lists of an override file; undefined for one that it does not have, so that it hides none. */
export interface ArgoCdSourceLists {
  readonly helmParameters: readonly HelmParameter[] | undefined;
  readonly kustomizeImages: readonly string[] | undefined;
  readonly pluginEnv: readonly EnvironmentVariable[] | undefined;
  readonly valueFiles: readonly string[] | undefined;
  /** Names of the parameters that are read from files. */
  readonly fileParameters: readonly string[] | undefined;
}

/** Reads an override file. What cannot be read, or is not such a file, holds nothing. Never throws. */
export function readArgoCdSource(text: string): ArgoCdSourceContent {
  const { helmParameters = [], kustomizeImages = [], pluginEnv = [] } = readArgoCdSourceLists(text);
  return { helmParameters, kustomizeImages, pluginEnv };
}

/** Reads which lists an override file puts in place of the Application's. Never throws. */
export function readArgoCdSourceLists(text: string): ArgoCdSourceLists {
  const [document] = parseLeniently(text);
  const read = <T>(
    block: string,
    list: string,
    readItem: ReadItem<T>,
  ): readonly T[] | undefined => {
    const place = locate(text, document, { block, list });
    if (place?.list === undefined) return undefined;
    const items = place.items.map((item) => readItem(item, place.resolve));
    return items.filter((item) => item !== undefined);
  };
  const fileParameters = read("helm", "fileParameters", readHelmParameter);
  return {
    helmParameters: read("helm", "parameters", readHelmParameter),
    kustomizeImages: read("kustomize", "images", readKustomizeImage),
    pluginEnv: read("plugin", "env", readPluginVariable),
    valueFiles: read("helm", "valueFiles", readKustomizeImage),
    fileParameters: fileParameters?.map(({ name }) => name),
  };
}

type ReadItem<T> = (node: YamlNode, resolve: ResolveAlias) => T | undefined;

function parseLeniently(text: string): readonly YamlDocument[] {
  try {
    return tryParse(text) ?? [];
  } catch (error) {
    if (EditError.is(error)) return [];
    throw error;
  }
}

function renderNew(list: SourceList, existing = ""): string {
  const rows = list.merge([], (node) => node, []) ?? [];
  return renderLines(formatSourceFile(list, rows), existing);
}

function renderLines(lines: readonly string[], existing: string): string {
  const lineBreak = lineBreakOf(existing);
  return lines.map((line) => line + lineBreak).join("");
}

/** The comments in the lines of the list, by item. */
function itemComments(
  { text, list, items }: SourcePlace,
  comments: readonly YamlComment[],
): ReturnType<typeof assignComments> {
  if (list === undefined || list.value.kind !== "sequence") return [];
  const { start, end, flow } = list.value;
  const from = flow ? start : endOfLine(text, list.key.end);
  const to = flow ? end : lastLineEnd(text, end);
  const own = comments.filter(({ offset }) => offset >= from && offset < to);
  return assignComments(text, items, own);
}

/** Comments, blank lines and directives up to `---`, and the line of `---`; empty without one. */
function headOf(text: string): string {
  const head = /^(?:(?:[ \t]*(?:#.*)?|%.*)\r?\n)*---(?=\s|$)/.exec(text)?.[0];
  if (head === undefined) return "";
  const rest = /^[ \t]*(?:#.*)?(?:\r?\n|$)/.exec(text.slice(head.length))?.[0] ?? "";
  return rest.endsWith("\n") ? head + rest : head + rest + lineBreakOf(text);
}

/** Whether writing the file anew loses nothing but, at most, comments. */
function holdsOnlyTheList({ document, root, block, list }: SourcePlace): boolean {
  const members = block?.value.kind === "mapping" ? block.value.entries : [];
  return (
    (document?.anchored.length ?? 0) === 0 &&
    (root?.entries ?? []).every((entry) => entry === block) &&
    members.every((entry) => entry === list)
  );
}

/** The way back: what was written is read, before it goes anywhere. */
function verify(edited: string, list: SourceList, rows: readonly SourceRow[]): void {
  const place = locateSourceList(edited, list);
  const written = place && list.merge(place.items, place.resolve, []);
  if (JSON.stringify(written?.map(fieldsOf)) === JSON.stringify(rows.map(fieldsOf))) return;
  throw new EditError("unsupported-yaml", "The override file cannot be edited safely");
}

function fieldsOf({ fields }: SourceRow): SourceRow["fields"] {
  return fields;
}
