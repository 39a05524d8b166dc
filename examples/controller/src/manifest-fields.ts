/** A mapping of which nothing else is known. */
export type Mapping = Readonly<Record<string, unknown>>;

/** The value as a mapping; empty for anything else. */
function mappingOf(value: unknown): Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The value at a path of keys. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((current: unknown, key) => {
    const mapping = mappingOf(current);
    return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
  }, value);
}

/** The text at a path of keys; empty where there is none. */
export function textAt(value: unknown, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return typeof found === "string" ? found : "";
}

/** The list at a path of keys; empty where there is none. */
export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}

/** The texts of a mapping at a path of keys; what is not text is left out. */
export function textsAt(
  value: unknown,
  ...keys: readonly string[]
): Readonly<Record<string, string>> {
  const entries = Object.entries(mappingOf(at(value, ...keys)));
  return Object.fromEntries(
    entries.flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : [])),
  );
}

/** What a manifest is called, in which namespace. */
export function nameOf(
  manifest: unknown,
  namespace: string,
): { readonly namespace: string; readonly name: string } {
  return {
    namespace: textAt(manifest, "metadata", "namespace") || namespace,
    name: textAt(manifest, "metadata", "name"),
  };
}
