import { EditError } from "../errors/edit-error.js";
import type { JsonPatchOperation } from "../ports/application-client.js";
import type { ArgoCdSourceChanges, SourceMarks } from "../ports/edits.js";
import {
  formatJsonPointer,
  isJsonArray,
  isJsonObject,
  parseArrayIndex,
  parseJsonPointer,
  valueAt,
} from "./json-pointer.js";
import { diffImages, diffNamed, type ListDiff } from "./list-diff.js";

/** An Application as it was read, and which of its sources is meant. */
export interface PatchableApplication {
  /** The manifest, as decoded JSON. */
  readonly manifest: unknown;
  /** JSON pointer of the source: `/spec/source`, `/spec/sources/1`, `/spec/sourceHydrator/drySource`. */
  readonly source: string;
}

/**
 * Renders the JSON Patch that makes an Application's source hold the parameters, images or variables.
 *
 * Only list items that differ are touched. What is replaced is guarded by a `test` that it still is
 * the item of that name, what is appended or created by a `test` of the resource version, and a
 * source in a list by a `test` of what makes it that source, or of the resource version where another
 * one would pass for it; so the patch fails instead of hiding somebody else's change. Empty when
 * nothing differs. Throws EditError when the manifest has no such source, or another shape than an
 * Application.
 */
export function renderApplicationPatch(
  application: PatchableApplication,
  changes: ArgoCdSourceChanges,
): readonly JsonPatchOperation[] {
  const source = locateSource(application);
  if ("helm" in changes) {
    const { parameters, keepExisting } = changes.helm;
    return patchList(source, ["helm", "parameters"], (list) =>
      diffNamed(list, parameters, keepExisting),
    );
  }
  if ("plugin" in changes) {
    const { env, keepExisting } = changes.plugin;
    return patchList(source, ["plugin", "env"], (list) => diffNamed(list, env, keepExisting));
  }
  const { images, keepExisting } = changes.kustomize;
  return patchList(source, ["kustomize", "images"], (list) =>
    diffImages(list, images, keepExisting),
  );
}

interface LocatedSource {
  readonly manifest: unknown;
  readonly segments: readonly string[];
  readonly value: Readonly<Record<string, unknown>>;
}

function locateSource({ manifest, source }: PatchableApplication): LocatedSource {
  const segments = parseJsonPointer(source);
  if (segments === undefined) {
    throw new EditError("invalid-path", `"${source}" is not a JSON pointer`, { path: source });
  }
  const value = valueAt(manifest, segments);
  if (!isJsonObject(value)) {
    throw new EditError("not-found", `The Application has no ${source}`, { path: source });
  }
  return { manifest, segments, value };
}

function patchList(
  source: LocatedSource,
  [block, list]: readonly [string, string],
  diff: (items: readonly unknown[]) => ListDiff,
): readonly JsonPatchOperation[] {
  const blockPath = [...source.segments, block];
  const parent = memberOf(source.value, block);
  if (parent !== undefined && !isJsonObject(parent)) throw wrongShape("not-a-mapping", blockPath);
  const listPath = [...blockPath, list];
  const items = parent && memberOf(parent, list);
  if (items !== undefined && !isJsonArray(items)) throw wrongShape("not-a-sequence", listPath);

  const { operations, added } = diff(items ?? []);
  const itemOperations = operations.map(({ op, at, value }) => ({
    op,
    path: formatJsonPointer([...listPath, ...at]),
    value,
  }));
  const additions = addItems({ parent, items, blockPath, listPath, list, added });
  if (itemOperations.length + additions.length === 0) return [];
  const needsVersion = additions.length > 0 || hasDouble(source);
  const version = needsVersion ? [testResourceVersion(source.manifest)] : [];
  return [...version, ...testSource(source), ...itemOperations, ...additions];
}

/** `null` is what Kubernetes takes for an absent member. */
function memberOf(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined;
}

function addItems(place: {
  readonly parent: unknown;
  readonly items: unknown;
  readonly blockPath: readonly string[];
  readonly listPath: readonly string[];
  readonly list: string;
  readonly added: readonly unknown[];
}): readonly JsonPatchOperation[] {
  const { parent, items, blockPath, listPath, list, added } = place;
  if (added.length === 0) return [];
  if (parent === undefined) {
    return [{ op: "add", path: formatJsonPointer(blockPath), value: { [list]: added } }];
  }
  if (items === undefined) return [{ op: "add", path: formatJsonPointer(listPath), value: added }];
  const path = formatJsonPointer([...listPath, "-"]);
  return added.map((value) => ({ op: "add", path, value }));
}

function testResourceVersion(manifest: unknown): JsonPatchOperation {
  const path = "/metadata/resourceVersion";
  const value = valueAt(manifest, ["metadata", "resourceVersion"]);
  if (typeof value === "string" && value !== "") return { op: "test", path, value };
  throw new EditError("not-found", `The Application has no ${path} to guard the patch with`, {
    path,
  });
}

/** An index says which source is meant only as long as nobody reorders the sources. */
function testSource({ segments, value }: LocatedSource): readonly JsonPatchOperation[] {
  if (!isListed(segments)) return [];
  return marksOf(value).map((key) => ({
    op: "test",
    path: formatJsonPointer([...segments, key]),
    value: value[key],
  }));
}

/** Whether another source of the list would pass the tests of this one if it stood in its place. */
function hasDouble({ manifest, segments, value }: LocatedSource): boolean {
  if (!isListed(segments)) return false;
  const sources = valueAt(manifest, segments.slice(0, -1));
  if (!isJsonArray(sources)) return false;
  const marks = marksOf(value);
  const passes = (source: unknown): boolean =>
    isJsonObject(source) && marks.every((key) => memberOf(source, key) === value[key]);
  return sources.filter(passes).length > 1;
}

/**
 * Reads what tells a source from the others of its list. Undefined for a source that stands in none,
 * and where the pointer leads nowhere.
 */
export function readSourceMarks({
  manifest,
  source,
}: PatchableApplication): SourceMarks | undefined {
  const segments = parseJsonPointer(source) ?? [];
  const value = valueAt(manifest, segments);
  if (!isListed(segments) || !isJsonObject(value)) return undefined;
  const marks = marksOf(value).flatMap((key) => {
    const mark = value[key];
    return typeof mark === "string" ? [[key, mark] as const] : [];
  });
  return Object.fromEntries(marks);
}

function isListed(segments: readonly string[]): boolean {
  return parseArrayIndex(segments.at(-1) ?? "") !== undefined;
}

/** What tells a source from the others, as far as it has it. */
function marksOf(source: Readonly<Record<string, unknown>>): readonly string[] {
  return ["repoURL", "path", "chart", "ref", "name"].filter(
    (key) => memberOf(source, key) !== undefined,
  );
}

function wrongShape(
  code: "not-a-mapping" | "not-a-sequence",
  segments: readonly string[],
): EditError {
  const path = formatJsonPointer(segments);
  const expected = code === "not-a-mapping" ? "an object" : "a list";
  return new EditError(code, `${path} of the Application is not ${expected}`, { path });
}
