import { ProtocolError } from "../protocol-error.js";

/** The kinds of objects that Git stores. */
export type ObjectType = "commit" | "tree" | "blob" | "tag";

/** What stands before the compressed bytes of an object in a pack (gitformat-pack). */
export interface PackEntry {
  /** Where the entry begins. */
  readonly offset: number;
  /** Where the compressed bytes begin. */
  readonly dataStart: number;
  /** How many bytes the compressed ones become: the object, or its delta. */
  readonly size: number;
  readonly kind:
    | { readonly type: ObjectType }
    | { readonly baseOffset: number }
    | { readonly baseOid: string };
}

const TYPES: ReadonlyMap<number, ObjectType> = new Map([
  [1, "commit"],
  [2, "tree"],
  [3, "blob"],
  [4, "tag"],
]);
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;
const OID_BYTES = 20;

/** Reads the head of the entry at an offset. Throws `ProtocolError` when there is none. */
export function readPackEntry(pack: Uint8Array, offset: number): PackEntry {
  const { type: code, size, next } = readTypeAndSize(pack, offset);
  if (code === OFFSET_DELTA) {
    const distance = readDistance(pack, next);
    const baseOffset = offset - distance.value;
    if (distance.value === 0 || baseOffset < 0) throw malformed();
    return { offset, dataStart: distance.next, size, kind: { baseOffset } };
  }
  if (code === REFERENCE_DELTA) {
    const dataStart = next + OID_BYTES;
    if (dataStart > pack.length) throw malformed();
    const baseOid = Buffer.from(pack.subarray(next, dataStart)).toString("hex");
    return { offset, dataStart, size, kind: { baseOid } };
  }
  const type = TYPES.get(code);
  if (type === undefined) throw malformed();
  return { offset, dataStart: next, size, kind: { type } };
}

/** Three bits of type; the size in what is left of that byte and in all bytes up to one below 128. */
function readTypeAndSize(
  pack: Uint8Array,
  offset: number,
): { readonly type: number; readonly size: number; readonly next: number } {
  const first = byteAt(pack, offset);
  let size = first & 0x0f;
  let factor = 16;
  let next = offset + 1;
  for (let byte = first; byte >= 0x80; next += 1) {
    byte = byteAt(pack, next);
    size += (byte & 0x7f) * factor;
    factor *= 128;
    if (size > Number.MAX_SAFE_INTEGER) throw malformed();
  }
  return { type: (first >> 4) & 0x07, size, next };
}

/** Big-endian in groups of seven bits, each group but the last counting one more. */
function readDistance(
  pack: Uint8Array,
  offset: number,
): { readonly value: number; readonly next: number } {
  let byte = byteAt(pack, offset);
  let value = byte & 0x7f;
  let next = offset + 1;
  while (byte >= 0x80) {
    byte = byteAt(pack, next);
    value = (value + 1) * 128 + (byte & 0x7f);
    next += 1;
    if (value > Number.MAX_SAFE_INTEGER) throw malformed();
  }
  return { value, next };
}

function byteAt(pack: Uint8Array, offset: number): number {
  const byte = pack[offset];
  if (byte === undefined) throw malformed();
  return byte;
}

function malformed(): ProtocolError {
  return new ProtocolError("an entry of the pack is malformed");
}
