import { parseGlob, type GlobChunk, type GlobItem } from "./parse-glob.js";

/** A compiled glob. */
export interface Glob {
  readonly pattern: string;
  /** Whether the glob matches the whole text. */
  matches(text: string): boolean;
}

/**
 * Compiles a glob as Go's `path.Match` reads it; `undefined` when it is malformed.
 *
 * `*` and `?` do not match a slash, `[a-z]` and `[^a-z]` are classes, `\` takes the next character
 * literally, and there are no braces. Matching takes at most the product of both lengths.
 */
export function compileGlob(pattern: string): Glob | undefined {
  const chunks = parseGlob(pattern);
  if (chunks === undefined) return undefined;
  return { pattern, matches: (text) => matchesChunks(chunks, Array.from(text)) };
}

/** A tag begins with one of the first, and goes on with any of them. */
const TAG_START = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
const TAG_CHARACTERS = [...TAG_START, ".", "-"];

/** Whether there can be a tag that the glob matches; false for a malformed one. */
export function canMatchTags(pattern: string): boolean {
  const chunks = parseGlob(pattern);
  return (
    chunks !== undefined &&
    chunks.every(({ afterStar, items }, chunk) =>
      items.every((takes, index) => {
        const isFirst = chunk === 0 && index === 0 && !afterStar;
        return (isFirst ? TAG_START : TAG_CHARACTERS).some((character) => takes(character));
      }),
    )
  );
}

/**
 * Matches chunk by chunk, each at the first place where it fits.
 *
 * Go does the same and never goes back, which also decides the odd case of a class that takes a slash.
 */
function matchesChunks(chunks: readonly GlobChunk[], text: readonly string[]): boolean {
  let position = 0;
  for (const [index, chunk] of chunks.entries()) {
    const end = placeChunk(chunk, text, position, index === chunks.length - 1);
    if (end === undefined) return false;
    position = end;
  }
  return position === text.length;
}

/** Where the text goes on after the chunk; `undefined` when it fits nowhere. */
function placeChunk(
  { afterStar, items }: GlobChunk,
  text: readonly string[],
  from: number,
  isLast: boolean,
): number | undefined {
  for (let start = from; start + items.length <= text.length; start += 1) {
    const end = start + items.length;
    if ((!isLast || end === text.length) && fitsAt(items, text, start)) return end;
    if (!afterStar || text[start] === "/") return undefined;
  }
  return undefined;
}

function fitsAt(items: readonly GlobItem[], text: readonly string[], start: number): boolean {
  return items.every((takes, index) => takes(text[start + index] ?? ""));
}
