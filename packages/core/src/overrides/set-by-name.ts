/** Something an Application lists by name. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/**
 * Puts the changes into a list: every item of that name is replaced where it stands, a name that is
 * not there yet is appended. A change with an empty value is left out, it never hides a value; one
 * that `keepExisting` names is only ever appended, as it is.
 */
export function setByName<T extends NamedValue>(
  existing: readonly T[],
  changes: readonly T[],
  keepExisting: readonly string[] = [],
): readonly T[] {
  const keeping = new Set(keepExisting);
  const kept = new Set(existing.map(({ name }) => name).filter((name) => keeping.has(name)));
  const wanted = new Map(
    changes
      .filter(({ name, value }) => (value !== "" || keeping.has(name)) && !kept.has(name))
      .map((change) => [change.name, change]),
  );
  const present = new Set(existing.map(({ name }) => name));
  return [
    ...existing.map((item) => wanted.get(item.name) ?? item),
    ...[...wanted.values()].filter(({ name }) => !present.has(name)),
  ];
}
