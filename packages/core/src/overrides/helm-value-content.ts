import type { YamlContent, YamlContentMapping } from "./yaml-content.js";

/** A value below keys, each in a mapping of its own. */
export function nest(keys: readonly string[], value: string): YamlContentMapping {
  const [key = "", ...others] = keys;
  const content: YamlContent = others.length === 0 ? value : nest(others, value);
  return { entries: [[key, content]] };
}

/** Adds a value to a mapping that is to be written; `undefined` where something else is in its place. */
export function addNested(
  { entries }: YamlContentMapping,
  keys: readonly string[],
  value: string,
): YamlContentMapping | undefined {
  const [key = "", ...others] = keys;
  const index = entries.findIndex(([name]) => name === key);
  const present = entries[index]?.[1];
  if (present === undefined) return { entries: [...entries, ...nest(keys, value).entries] };
  if (typeof present === "string" || "items" in present || others.length === 0) return undefined;
  const added = addNested(present, others, value);
  return added && { entries: entries.with(index, [key, added]) };
}
