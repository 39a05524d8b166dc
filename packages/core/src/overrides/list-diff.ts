import type { HelmParameter } from "../ports/edits.js";
import { isJsonObject } from "./json-pointer.js";
import { mergeKustomizeImages, setKustomizeImages } from "./kustomize-spec.js";

/** What to do to a list: operations on its items, and items to append. */
export interface ListDiff {
  readonly operations: readonly ItemOperation[];
  readonly added: readonly unknown[];
}

/** One step of a JSON Patch, its path relative to the list. */
export interface ItemOperation {
  readonly op: "test" | "add" | "replace";
  readonly at: readonly (string | number)[];
  readonly value: unknown;
}

/**
 * How a decoded list of Helm parameters or variables comes to hold the changes: each value behind a
 * `test` of its name. An empty value is never written, of changes with one name the last counts, and
 * what `keepExisting` names is only ever appended.
 */
export function diffNamed(
  list: readonly unknown[],
  changes: readonly HelmParameter[],
  keepExisting: readonly string[] = [],
): ListDiff {
  const wanted = new Map(
    changes.filter(({ value }) => value !== "").map((change) => [change.name, toItem(change)]),
  );
  const kept = new Set(keepExisting);
  const present = list.map((item) => (isJsonObject(item) ? item : {}));
  const names = new Set(present.map((item) => item["name"]));
  return {
    operations: present.flatMap((item, index) => {
      const change = typeof item["name"] === "string" ? wanted.get(item["name"]) : undefined;
      if (change === undefined || kept.has(change.name)) return [];
      return diffItem(item, index, change);
    }),
    added: [...wanted.values()].filter(({ name }) => !names.has(name)),
  };
}

/** How a decoded `kustomize.images` comes to hold the images: each entry behind a `test` of the old. */
export function diffImages(
  list: readonly unknown[],
  images: readonly string[],
  keepExisting: readonly string[] = [],
): ListDiff {
  const present = list.map((item) => (typeof item === "string" ? item : ""));
  const kept = new Set(keepExisting);
  const set = setKustomizeImages(
    present,
    images.filter((image) => !kept.has(image)),
  );
  const wanted = mergeKustomizeImages(
    set,
    images.filter((image) => kept.has(image)),
    keepExisting,
  );
  return {
    operations: present.flatMap((before, index): readonly ItemOperation[] => {
      if (before === wanted[index]) return [];
      return [
        { op: "test", at: [index], value: before },
        { op: "replace", at: [index], value: wanted[index] },
      ];
    }),
    added: wanted.slice(present.length),
  };
}

interface NamedItem {
  readonly name: string;
  readonly value: string;
  readonly forceString?: true;
}

function toItem({ name, value, forceString }: HelmParameter): NamedItem {
  return { name, value, ...(forceString === true && { forceString }) };
}

function diffItem(
  item: Readonly<Record<string, unknown>>,
  index: number,
  change: NamedItem,
): readonly ItemOperation[] {
  const operations = (["value", "forceString"] as const)
    .filter((key) => change[key] !== undefined && change[key] !== item[key])
    .map((key): ItemOperation => {
      const op = Object.hasOwn(item, key) ? "replace" : "add";
      return { op, at: [index, key], value: change[key] };
    });
  if (operations.length === 0) return [];
  return [{ op: "test", at: [index, "name"], value: change.name }, ...operations];
}
