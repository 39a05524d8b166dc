import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

/** An object as its difference to another one. */
export interface ReferenceDelta {
  /** Id of the object that it is a difference to. */
  readonly base: string;
  readonly delta: Uint8Array;
}

const COUNT_OFFSET = 8;
const TRAILER_BYTES = 20;
const REFERENCE_DELTA = 7;

/**
 * Adds objects to a pack as deltas whose bases it may lack (gitformat-pack, `OBJ_REF_DELTA`): then it is
 * a thin pack, which only a repository that holds the bases can take.
 */
export function appendDeltas(pack: Uint8Array, deltas: readonly ReferenceDelta[]): Uint8Array {
  const body = Buffer.concat([
    pack.subarray(0, -TRAILER_BYTES),
    ...deltas.flatMap(({ base, delta }) => [
      encodeHead(REFERENCE_DELTA, delta.length),
      Buffer.from(base, "hex"),
      deflateSync(delta),
    ]),
  ]);
  body.writeUInt32BE(body.readUInt32BE(COUNT_OFFSET) + deltas.length, COUNT_OFFSET);
  return Buffer.concat([body, createHash("sha1").update(body).digest()]);
}

/** Three bits of type; the size in what is left of that byte, and seven bits in each that follows. */
function encodeHead(type: number, size: number): Uint8Array {
  const bytes: number[] = [];
  let byte = (type << 4) | (size % 16);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 0x80)) {
    bytes.push(byte | 0x80);
    byte = rest % 0x80;
  }
  return Buffer.from([...bytes, byte]);
}
