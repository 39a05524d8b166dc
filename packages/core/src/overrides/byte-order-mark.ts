/** Takes a byte order mark off the beginning of a text; `mark` is empty where there is none. */
export function splitByteOrderMark(source: string): {
  readonly mark: string;
  readonly text: string;
} {
  const mark = source.startsWith("\uFEFF") ? "\uFEFF" : "";
  return { mark, text: source.slice(mark.length) };
}
