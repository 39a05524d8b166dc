/** Splits a comma-separated value and trims its items; empty items are kept, as upstream keeps them. */
export function splitList(value: string): readonly string[] {
  return value.split(",").map((item) => item.trim());
}

/** Where an item of {@link splitList} stands in the value. */
export function locateItem(
  value: string,
  index: number,
): { readonly offset: number; readonly length: number } {
  const items = value.split(",");
  const item = items[index] ?? "";
  const before = items.slice(0, index).reduce((sum, { length }) => sum + length + 1, 0);
  const blanks = item.length - item.trimStart().length;
  return { offset: before + blanks, length: item.trim().length };
}
