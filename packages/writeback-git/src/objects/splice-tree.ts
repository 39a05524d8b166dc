import { ProtocolError } from "../protocol-error.js";

/** What a name in a tree stands for. Modes are as Git writes them: `100644`, `40000`, `120000`, `160000`. */
export interface TreeEntry {
  readonly mode: string;
  readonly oid: string;
}

/** The mode of a folder. */
export const FOLDER_MODE = "40000";

interface LocatedEntry extends TreeEntry {
  readonly start: number;
  readonly end: number;
  readonly name: Uint8Array;
}

/** Finds a name in the raw bytes of a tree object. */
export function findTreeEntry(tree: Uint8Array, name: string): TreeEntry | undefined {
  const wanted = Buffer.from(name);
  for (const entry of entriesOf(tree)) {
    if (wanted.equals(entry.name)) return { mode: entry.mode, oid: entry.oid };
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
  const bytes = encodeEntry(name, entry);
  const wanted = Buffer.from(name);
  const key = sortKey(wanted, entry.mode);
  let insertAt: number | undefined;
  for (const present of entriesOf(tree)) {
    if (wanted.equals(present.name)) {
      if (isFolder(present.mode) !== isFolder(entry.mode)) {
        throw new RangeError(
          "a file cannot take the place of a folder, nor a folder that of a file",
        );
      }
      return replaceRange(tree, present.start, present.end, bytes);
    }
    if (insertAt === undefined && Buffer.compare(sortKey(present.name, present.mode), key) > 0) {
      insertAt = present.start;
    }
  }
  const at = insertAt ?? tree.length;
  return replaceRange(tree, at, at, bytes);
}

/** Whether a mode is that of a folder, zero-padded or not. */
export function isFolder(mode: string): boolean {
  return mode === FOLDER_MODE || mode === `0${FOLDER_MODE}`;
}

function* entriesOf(tree: Uint8Array): Generator<LocatedEntry> {
  const bytes = Buffer.from(tree.buffer, tree.byteOffset, tree.length);
  let start = 0;
  while (start < bytes.length) {
    const space = bytes.indexOf(0x20, start);
    const zero = bytes.indexOf(0, space + 1);
    const end = zero + 21;
    if (space < 0 || zero < 0 || end > bytes.length) throw new ProtocolError("a tree is malformed");
    yield {
      start,
      end,
      mode: bytes.toString("latin1", start, space),
      name: bytes.subarray(space + 1, zero),
      oid: bytes.toString("hex", zero + 1, end),
    };
    start = end;
  }
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
