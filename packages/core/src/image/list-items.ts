/** An item of a comma-separated text. */
export interface ListItem {
  /** Without the blanks around it; empty where nothing stands between two commas. */
  readonly text: string;
  /** Where `text` begins in the list. */
  readonly offset: number;
}

/** Splits a comma-separated text; blank items are kept, so that the caller says what they mean. */
export function splitList(list: string): readonly ListItem[] {
  let start = 0;
  return list.split(",").map((part) => {
    const offset = start + (part.length - part.trimStart().length);
    start += part.length + 1;
    return { text: part.trim(), offset };
  });
}
