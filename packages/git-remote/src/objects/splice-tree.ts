import { ProtocolError } from "../protocol-error.js";

/** What a name in a tree stands for. Modes are as Git writes them: `100644`, `40000`, `120000`, `160000`. */
export interface TreeEntry {
  readonly mode: string;
  readonly oid: string;
}

/** The mode of a folder. */
export const FOLDER_MODE = "40000";

/** Where an entry stands among the bytes of its tree: mode, space, name, zero, 20 bytes of id. */
interface LocatedEntry {
  readonly start: number;
  readonly space: number;
  readonly zero: number;
  readonly end: number;
}

/** Finds a name in the raw bytes of a tree object. */
export function findTreeEntry(tree: Uint8Array, name: string): TreeEntry | undefined {
  const bytes = asBuffer(tree);
  const wanted = Buffer.from(name);
  for (const entry of entriesOf(bytes)) {
    if (!isNamed(bytes, entry, wanted)) continue;
    return { mode: modeOf(bytes, entry), oid: bytes.toString("hex", entry.zero + 1, entry.end) };
  }
  return undefined;
}

/**
 * Sets one name of a tree, on its raw bytes.
 *
 * Every other entry is copied as it is: names that are not UTF-8 and modes that Git no longer writes
 * survive. A new name goes where Git's order wants it.
 */
export function spliceTree(tree: Uint8Array, name: string, entry: TreeEntry): Uint8Array {
  const bytes = asBuffer(tree);
  const replacement = encodeEntry(name, entry);
  const wanted = Buffer.from(name);
  const key = sortKey(wanted, entry.mode);
  let insertAt: number | undefined;
  for (const present of entriesOf(bytes)) {
    if (isNamed(bytes, present, wanted)) {
      if (isFolder(modeOf(bytes, present)) !== isFolder(entry.mode)) {
        throw new RangeError(
          "a file cannot take the place of a folder, nor a folder that of a file",
        );
      }
      return replaceRange(bytes, present.start, present.end, replacement);
    }
    if (insertAt === undefined && isAfter(bytes, present, key)) insertAt = present.start;
  }
  const at = insertAt ?? bytes.length;
  return replaceRange(bytes, at, at, replacement);
}

/** Whether a mode is that of a folder, zero-padded or not. */
export function isFolder(mode: string): boolean {
  return mode === FOLDER_MODE || mode === `0${FOLDER_MODE}`;
}

function* entriesOf(bytes: Buffer): Generator<LocatedEntry> {
  let start = 0;
  while (start < bytes.length) {
    const space = bytes.indexOf(0x20, start);
    const zero = bytes.indexOf(0, space + 1);
    const end = zero + 21;
    if (space < 0 || zero < 0 || end > bytes.length) throw new ProtocolError("a tree is malformed");
    yield { start, space, zero, end };
    start = end;
  }
}

function isNamed(bytes: Buffer, { space, zero }: LocatedEntry, name: Buffer): boolean {
  return (
    zero - space - 1 === name.length && bytes.compare(name, 0, name.length, space + 1, zero) === 0
  );
}

function isAfter(bytes: Buffer, entry: LocatedEntry, key: Uint8Array): boolean {
  const name = bytes.subarray(entry.space + 1, entry.zero);
  return Buffer.compare(sortKey(name, modeOf(bytes, entry)), key) > 0;
}

function modeOf(bytes: Buffer, { start, space }: LocatedEntry): string {
  return bytes.toString("latin1", start, space);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function encodeEntry(name: string, { mode, oid }: TreeEntry): Uint8Array {
  return Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, "hex")]);
}

/** Git orders folders as if their names ended in a slash. */
function sortKey(name: Uint8Array, mode: string): Uint8Array {
  return isFolder(mode) ? Buffer.concat([name, Buffer.from("/")]) : name;
}

function replaceRange(
  bytes: Uint8Array,
  start: number,
  end: number,
  replacement: Uint8Array,
): Uint8Array {
  return Buffer.concat([bytes.subarray(0, start), replacement, bytes.subarray(end)]);
}
