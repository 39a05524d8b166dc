import { ProtocolError } from "../protocol-error.js";
import { applyDelta } from "./apply-delta.js";
import { inflateAt } from "./inflate.js";
import type { GitObject } from "./object-id.js";
import { readPackEntry, type PackEntry } from "./pack-entry.js";
import { indexPack, readWhole, type PackIndex } from "./pack-index.js";
import type { PackLimits } from "./pack-meter.js";

/** A pack that has been checked. */
export interface Pack {
  has(oid: string): boolean;
  /** Inflates an object; `undefined` when it is not in the pack. */
  read(oid: string): GitObject | undefined;
}

/**
 * Checks a pack completely and opens it; objects are inflated when they are read.
 *
 * Throws `ProtocolError` when anything about the pack is wrong or over a limit.
 */
export async function openPack(
  pack: Uint8Array,
  limits: PackLimits,
  signal?: AbortSignal,
): Promise<Pack> {
  const index = await indexPack(pack, limits, signal);
  return {
    has: (oid) => index.has(oid),
    read: (oid) => {
      const offset = index.get(oid);
      return offset === undefined ? undefined : readObject(pack, index, offset, limits);
    },
  };
}

function readObject(
  pack: Uint8Array,
  index: PackIndex,
  offset: number,
  { objectBytes }: PackLimits,
): GitObject {
  const deltas: PackEntry[] = [];
  let entry = readPackEntry(pack, offset);
  for (let base = baseOf(entry, index); base !== undefined; base = baseOf(entry, index)) {
    deltas.push(entry);
    entry = readPackEntry(pack, base);
  }
  const { type, content } = readWhole(pack, entry.offset);
  const whole = deltas.reduceRight((base: Uint8Array, { dataStart, size }) => {
    return applyDelta(base, inflateAt(pack, dataStart, size).content, objectBytes);
  }, content);
  return { type, content: whole };
}

/** Where the base of a delta begins; `undefined` for an object that is stored whole. */
function baseOf({ kind }: PackEntry, index: PackIndex): number | undefined {
  if ("type" in kind) return undefined;
  const base = "baseOffset" in kind ? kind.baseOffset : index.get(kind.baseOid);
  if (base === undefined) throw new ProtocolError("a delta of the pack has no base");
  return base;
}
