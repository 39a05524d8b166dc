/** Whether one character of a glob takes a character of the text. */
export type GlobItem = (character: string) => boolean;

/** The characters between two stars. */
export interface GlobChunk {
  /** Whether a star stands before it. */
  readonly afterStar: boolean;
  readonly items: readonly GlobItem[];
}

/** What was read, and where the pattern goes on. */
interface Read<T> {
  readonly value: T;
  readonly next: number;
}

/** Splits a glob of Go's `path.Match` at its stars; `undefined` when it is malformed. */
export function parseGlob(pattern: string): readonly GlobChunk[] | undefined {
  const characters = Array.from(pattern);
  const chunks: GlobChunk[] = [];
  let items: GlobItem[] = [];
  let afterStar = false;
  let position = 0;
  while (position < characters.length) {
    if (characters[position] === "*") {
      if (afterStar || items.length > 0) chunks.push({ afterStar, items });
      items = [];
      afterStar = true;
      position += 1;
      continue;
    }
    const item = readItem(characters, position);
    if (item === undefined) return undefined;
    items.push(item.value);
    position = item.next;
  }
  return [...chunks, { afterStar, items }];
}

function readItem(characters: readonly string[], position: number): Read<GlobItem> | undefined {
  const character = characters[position];
  if (character === "?") return { value: (taken) => taken !== "/", next: position + 1 };
  if (character === "[") return readClass(characters, position + 1);
  const literal = readEscapable(characters, position);
  return literal && { value: (taken) => taken === literal.value, next: literal.next };
}

function readEscapable(characters: readonly string[], position: number): Read<string> | undefined {
  const escaped = characters[position] === "\\";
  const at = escaped ? position + 1 : position;
  const character = characters[at];
  return character === undefined ? undefined : { value: character, next: at + 1 };
}

function readClass(characters: readonly string[], start: number): Read<GlobItem> | undefined {
  const negated = characters[start] === "^";
  const ranges: (readonly [number, number])[] = [];
  let position = negated ? start + 1 : start;
  while (characters[position] !== "]" || ranges.length === 0) {
    const range = readRange(characters, position);
    if (range === undefined) return undefined;
    ranges.push(range.value);
    position = range.next;
  }
  return { value: (taken) => isInside(taken, ranges) !== negated, next: position + 1 };
}

function isInside(character: string, ranges: readonly (readonly [number, number])[]): boolean {
  const codePoint = character.codePointAt(0) ?? 0;
  return ranges.some(([low, high]) => low <= codePoint && codePoint <= high);
}

function readRange(
  characters: readonly string[],
  position: number,
): Read<readonly [number, number]> | undefined {
  const low = readBound(characters, position);
  if (low === undefined) return undefined;
  if (characters[low.next] !== "-") return { value: [low.value, low.value], next: low.next };
  const high = readBound(characters, low.next + 1);
  return high && { value: [low.value, high.value], next: high.next };
}

function readBound(characters: readonly string[], position: number): Read<number> | undefined {
  const character = characters[position];
  if (character === "-" || character === "]") return undefined;
  const bound = readEscapable(characters, position);
  return bound && { value: bound.value.codePointAt(0) ?? 0, next: bound.next };
}
