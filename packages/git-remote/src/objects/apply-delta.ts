import { ProtocolError } from "../protocol-error.js";

/**
 * Makes an object out of its base and the difference to it (gitformat-pack, "Deltified representation").
 *
 * Throws `ProtocolError` when the difference reaches outside of the base or does not add up, and
 * `too-large` before making anything over the limit.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, maxBytes: number): Buffer {
  const baseSize = readSize(delta, 0);
  const size = readSize(delta, baseSize.next);
  if (baseSize.value !== base.length) throw malformed();
  if (size.value > maxBytes) throw objectTooLarge(maxBytes);
  const result = Buffer.allocUnsafe(size.value);
  let filled = 0;
  let at = size.next;
  while (at < delta.length) {
    const { source, start, end, next } = readInstruction(base, delta, at);
    if (end > source.length || filled + end - start > result.length) throw malformed();
    result.set(source.subarray(start, end), filled);
    filled += end - start;
    at = next;
  }
  if (filled !== result.length) throw malformed();
  return result;
}

/** The size that an object made from a delta will have. */
export function deltaResultSize(delta: Uint8Array): number {
  return readSize(delta, readSize(delta, 0).next).value;
}

/** The error for an object that is larger than anybody may hold. */
export function objectTooLarge(maxBytes: number): ProtocolError {
  const message = `an object is larger than the ${maxBytes} bytes that are allowed`;
  return new ProtocolError(message, undefined, "too-large");
}

/** Bytes to copy, from the base or from the delta itself. */
interface Instruction {
  readonly source: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Where the next instruction begins. */
  readonly next: number;
}

const DEFAULT_COPY = 0x1_00_00;

function readInstruction(base: Uint8Array, delta: Uint8Array, at: number): Instruction {
  const instruction = delta[at] ?? 0;
  // Zero is reserved.
  if (instruction === 0) throw malformed();
  if (instruction < 0x80) {
    const end = at + 1 + instruction;
    return { source: delta, start: at + 1, end, next: end };
  }
  const offset = readPresentBytes(delta, at + 1, instruction, 4);
  const length = readPresentBytes(delta, offset.next, instruction >> 4, 3);
  const size = length.value === 0 ? DEFAULT_COPY : length.value;
  return { source: base, start: offset.value, end: offset.value + size, next: length.next };
}

/** A little-endian number of which only the bytes are there that the mask has a bit for. */
function readPresentBytes(
  delta: Uint8Array,
  at: number,
  mask: number,
  count: number,
): { readonly value: number; readonly next: number } {
  let value = 0;
  let next = at;
  for (let index = 0; index < count; index += 1) {
    if ((mask & (1 << index)) === 0) continue;
    const byte = delta[next];
    if (byte === undefined) throw malformed();
    value += byte * 2 ** (8 * index);
    next += 1;
  }
  return { value, next };
}

function readSize(
  delta: Uint8Array,
  at: number,
): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let index = 0; index < 7; index += 1) {
    const byte = delta[at + index];
    if (byte === undefined) throw malformed();
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: at + index + 1 };
  }
  throw malformed();
}

function malformed(): ProtocolError {
  return new ProtocolError("a delta of the pack is malformed");
}
