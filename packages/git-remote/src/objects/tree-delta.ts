/**
 * The difference of a tree to another one, in the form of a pack (gitformat-pack, "Deltified
 * representation"): entries that both hold are copied in runs, all others are inserted.
 *
 * Made for large folders of which few entries changed; right for any bytes.
 */
export function encodeTreeDelta(base: Uint8Array, tree: Uint8Array): Uint8Array {
  const parts = [encodeSize(base.length), encodeSize(tree.length)];
  for (const { from, start, end } of runsOf(base, tree)) {
    if (from === "tree") parts.push(...insertions(tree.subarray(start, end)));
    else parts.push(...copies(start, end));
  }
  return Buffer.concat(parts);
}

/** Entries that follow each other, in the base or in the new tree. */
interface Run {
  readonly from: "base" | "tree";
  readonly start: number;
  readonly end: number;
}

/** The new tree as runs, each as long as it can be. */
function runsOf(base: Uint8Array, tree: Uint8Array): readonly Run[] {
  const places = new Map<string, number>();
  for (const { start, text } of entriesOf(base)) places.set(text, start);
  const runs: Run[] = [];
  for (const { start, end, text } of entriesOf(tree)) {
    const place = places.get(text);
    const next: Run =
      place === undefined
        ? { from: "tree", start, end }
        : { from: "base", start: place, end: place + end - start };
    const last = runs.at(-1);
    if (last?.from !== next.from || last.end !== next.start) runs.push(next);
    else runs[runs.length - 1] = { ...last, end: next.end };
  }
  return runs;
}

const OID_BYTES = 20;

// Mode, name, a zero and an id each. What is not a whole entry at the end counts as one.
function* entriesOf(
  bytes: Uint8Array,
): Generator<{ readonly start: number; readonly end: number; readonly text: string }> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    const zero = buffer.indexOf(0, start);
    end = zero < 0 ? bytes.length : Math.min(zero + 1 + OID_BYTES, bytes.length);
    yield { start, end, text: buffer.toString("latin1", start, end) };
  }
}

const LONGEST_INSERTION = 0x7f;
/** More could be said in three bytes of length; Git itself stays below, and so do all readers. */
const LONGEST_COPY = 0x1_00_00;

function* insertions(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += LONGEST_INSERTION) {
    const piece = bytes.subarray(start, start + LONGEST_INSERTION);
    yield Buffer.from([piece.length]);
    yield piece;
  }
}

function* copies(start: number, end: number): Generator<Uint8Array> {
  for (let offset = start; offset < end; offset += LONGEST_COPY) {
    yield encodeCopy(offset, Math.min(end - offset, LONGEST_COPY));
  }
}

/** Little-endian bytes of which only those that are not zero are written; the first byte says which. */
function encodeCopy(offset: number, length: number): Uint8Array {
  // The longest length is written as none at all.
  const value = [offset, offset >>> 8, offset >>> 16, offset >>> 24, length, length >>> 8];
  const bytes = value.map((byte) => byte & 0xff);
  const mask = bytes.reduce((bits, byte, index) => (byte === 0 ? bits : bits | (1 << index)), 0x80);
  return Buffer.from([mask, ...bytes.filter((byte) => byte !== 0)]);
}

/** Little-endian in groups of seven bits; all groups but the last have the highest bit. */
function encodeSize(size: number): Uint8Array {
  const bytes: number[] = [];
  let rest = size;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
