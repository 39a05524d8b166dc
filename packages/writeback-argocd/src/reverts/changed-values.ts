import {
  parseImageReference,
  type ArgoCdSourceChanges,
  type JsonPatchOperation,
} from "@image-updater/core";
import { z } from "zod";
import { namedItemsAt } from "../write/manifest.js";

/** A value that a patch changes. */
export interface ChangedValue {
  /** Which one, whatever its value: source, list and name. */
  readonly place: string;
  /** JSON pointer of the list it is in. */
  readonly list: string;
  /** Parameter, variable or image, for people. */
  readonly name: string;
  /** Undefined for what was not there. */
  readonly before: string | undefined;
  readonly after: string;
}

/** Which values of a source a patch that was rendered for it changes. */
export function changedValues(
  application: { readonly manifest: unknown; readonly source: string },
  changes: ArgoCdSourceChanges,
  patch: readonly JsonPatchOperation[],
): readonly ChangedValue[] {
  if (patch.length === 0) return [];
  const { manifest, source } = application;
  if ("kustomize" in changes) return changedImages(`${source}/kustomize/images`, patch);
  const list = "helm" in changes ? `${source}/helm/parameters` : `${source}/plugin/env`;
  const wanted = "helm" in changes ? changes.helm.parameters : changes.plugin.env;
  const tested = new Set(patch.flatMap((operation) => testedName(operation, list) ?? []));
  return changedNames(list, { wanted, tested, present: namedItemsAt(manifest, list) });
}

/** An item that is changed is tested first, by its name. */
function testedName(operation: JsonPatchOperation, list: string): string | undefined {
  if (operation.op !== "test" || !operation.path.startsWith(`${list}/`)) return undefined;
  return typeof operation.value === "string" ? operation.value : undefined;
}

interface Named {
  readonly name: string;
  readonly value: string;
}

function changedNames(
  list: string,
  items: {
    readonly wanted: readonly Named[];
    readonly tested: ReadonlySet<string>;
    readonly present: readonly Named[];
  },
): readonly ChangedValue[] {
  const wanted = new Map(
    items.wanted.filter(({ value }) => value !== "").map(({ name, value }) => [name, value]),
  );
  return [...wanted].flatMap(([name, after]): readonly ChangedValue[] => {
    const present = items.present.filter((item) => item.name === name);
    const before = (present.find(({ value }) => value !== after) ?? present[0])?.value;
    if (before !== undefined && !items.tested.has(name)) return [];
    return [{ place: `${list} ${name}`, list, name, before, after }];
  });
}

const addedImages = z.union([
  z.string().transform((image) => [image]),
  z.array(z.string()),
  z.object({ images: z.array(z.string()) }).transform(({ images }) => images),
]);

/** An entry that is replaced is tested first, by its old text. */
function changedImages(
  list: string,
  patch: readonly JsonPatchOperation[],
): readonly ChangedValue[] {
  return patch.flatMap((operation, index): readonly ChangedValue[] => {
    if (operation.op !== "add" && operation.op !== "replace") return [];
    const test = patch[index - 1];
    const old = operation.op === "replace" && test?.op === "test" ? test.value : undefined;
    const before = typeof old === "string" ? old : undefined;
    return (addedImages.safeParse(operation.value).data ?? []).map((after) => {
      const name = imageName(after);
      return { place: `${list} ${name}`, list, name, before, after };
    });
  });
}

/** The alias of an entry, or its image without tag and digest. */
function imageName(entry: string): string {
  const equals = entry.indexOf("=");
  if (equals > 0) return entry.slice(0, equals);
  const { value } = parseImageReference(entry);
  if (value === undefined) return entry;
  const { registry, repository, writtenName } = value;
  return writtenName ?? (registry === undefined ? repository : `${registry}/${repository}`);
}
