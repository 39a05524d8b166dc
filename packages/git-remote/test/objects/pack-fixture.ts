import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { objectId } from "../../src/objects/object-id.js";
import type { PackLimits } from "../../src/objects/pack-meter.js";

export const LIMITS: PackLimits = {
  objects: 100_000,
  objectBytes: 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
};

/** An entry of a pack, written by hand. */
export interface WrittenEntry {
  readonly type: number;
  /** What stands between the size and the compressed bytes. */
  readonly base?: Uint8Array | undefined;
  readonly content: Uint8Array;
  /** What the head says instead of the truth. */
  readonly claimedSize?: number | undefined;
}

/** A pack with a right checksum, whatever is in it. */
export function writePack(
  entries: readonly WrittenEntry[],
  count: number = entries.length,
): Buffer {
  const header = Buffer.alloc(12);
  header.write("PACK");
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(count, 8);
  return withChecksum(Buffer.concat([header, ...entries.map((entry) => writeEntry(entry))]));
}

export function withChecksum(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, createHash("sha1").update(bytes).digest()]);
}

export function writeEntry({ type, base, content, claimedSize }: WrittenEntry): Buffer {
  const head = entryHead(type, claimedSize ?? content.length);
  return Buffer.concat([head, base ?? Buffer.alloc(0), deflateSync(content)]);
}

function entryHead(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  bytes.push((type << 4) | (size % 16) | (rest > 0 ? 0x80 : 0));
  while (rest > 0) {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(low | (rest > 0 ? 0x80 : 0));
  }
  return Buffer.from(bytes);
}

export const BLOB = 3;
export const OFFSET_DELTA = 6;
export const REFERENCE_DELTA = 7;

export function blobId(content: string | Uint8Array): string {
  return objectId({ type: "blob", content: Buffer.from(content) });
}

/** The base of an offset delta that comes so many bytes before it. */
export function distance(bytes: number): Buffer {
  const groups = [bytes % 128];
  for (let rest = Math.floor(bytes / 128); rest > 0; rest = Math.floor((rest - 1) / 128)) {
    groups.unshift(0x80 | ((rest - 1) % 128));
  }
  return Buffer.from(groups);
}

/** A delta that copies all of its base, then appends. */
export function appendDelta(base: Uint8Array, added: string): Buffer {
  const size = base.length;
  return Buffer.concat([
    varint(size),
    varint(size + added.length),
    ...(size === 0 ? [] : [copyInstruction(0, size)]),
    Buffer.from([added.length]),
    Buffer.from(added),
  ]);
}

/** A delta by hand: sizes, then instructions. */
export function delta(baseSize: number, size: number, ...instructions: readonly Buffer[]): Buffer {
  return Buffer.concat([varint(baseSize), varint(size), ...instructions]);
}

export function copyInstruction(offset: number, size: number): Buffer {
  const bytes = [offset, offset >>> 8, offset >>> 16, offset >>> 24, size, size >>> 8, size >>> 16];
  return Buffer.from([0xff, ...bytes.map((byte) => byte & 0xff)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(low | (rest > 0 ? 0x80 : 0));
  } while (rest > 0);
  return Buffer.from(bytes);
}
