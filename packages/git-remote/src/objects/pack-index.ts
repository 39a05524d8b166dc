import { createHash } from "node:crypto";
import { ProtocolError } from "../protocol-error.js";
import { applyDelta, deltaResultSize, objectTooLarge } from "./apply-delta.js";
import { inflateAt } from "./inflate.js";
import { objectId, type GitObject } from "./object-id.js";
import { readPackEntry, type PackEntry } from "./pack-entry.js";
import { createPackMeter, type PackLimits, type PackMeter } from "./pack-meter.js";

/** Where each object of a pack begins, by its id. */
export type PackIndex = ReadonlyMap<string, number>;

/** A pack that is being indexed. */
interface Indexing {
  readonly pack: Uint8Array;
  readonly limits: PackLimits;
  readonly meter: PackMeter;
  readonly offsets: Map<string, number>;
  /** Objects that are stored whole. */
  readonly roots: { readonly offset: number; readonly oid: string }[];
  /** Deltas that wait for their base, by its offset or its id. */
  readonly waiting: Map<number | string, PackEntry[]>;
}

const HEADER_BYTES = 12;
const TRAILER_BYTES = 20;

/**
 * Finds and checks every object of a pack (gitformat-pack): its sum, its sizes, its deltas.
 *
 * The ids are computed from the contents, so an object under an id is what the id says. Throws
 * `ProtocolError`, with the code `too-large` over a limit.
 */
export async function indexPack(
  pack: Uint8Array,
  limits: PackLimits,
  signal?: AbortSignal,
): Promise<PackIndex> {
  const count = readHeader(pack, limits);
  const indexing: Indexing = {
    pack,
    limits,
    meter: createPackMeter(limits, signal),
    offsets: new Map(),
    roots: [],
    waiting: new Map(),
  };
  await scanEntries(indexing, count);
  const resolved = await resolveDeltas(indexing);
  if (indexing.roots.length + resolved !== count) {
    throw new ProtocolError("a delta of the pack has no base");
  }
  return indexing.offsets;
}

function readHeader(bytes: Uint8Array, limits: PackLimits): number {
  const pack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = pack.length - TRAILER_BYTES;
  if (
    end < HEADER_BYTES ||
    pack.toString("latin1", 0, 4) !== "PACK" ||
    pack.readUInt32BE(4) !== 2
  ) {
    throw new ProtocolError("the server sent no pack");
  }
  const sum = createHash("sha1").update(pack.subarray(0, end)).digest();
  if (!sum.equals(pack.subarray(end))) {
    throw new ProtocolError("the pack is damaged: its checksum is wrong");
  }
  const count = pack.readUInt32BE(8);
  if (count <= limits.objects) return count;
  const message = `a pack has ${count} objects, more than the ${limits.objects} that are allowed`;
  throw new ProtocolError(message, undefined, "too-large");
}

async function scanEntries(indexing: Indexing, count: number): Promise<void> {
  const { pack, limits, meter } = indexing;
  let offset = HEADER_BYTES;
  for (let index = 0; index < count; index += 1) {
    const entry = readPackEntry(pack, offset);
    if (entry.size > limits.objectBytes) throw objectTooLarge(limits.objectBytes);
    const pause = meter.spend(entry.size);
    if (pause !== undefined) await pause;
    const { content, end } = inflateAt(pack, entry.dataStart, entry.size);
    addEntry(indexing, entry, content);
    offset = end;
  }
  if (offset !== pack.length - TRAILER_BYTES) {
    throw new ProtocolError("the pack has not as many objects as it claims");
  }
}

function addEntry({ offsets, roots, waiting }: Indexing, entry: PackEntry, content: Buffer): void {
  const { kind, offset } = entry;
  if ("type" in kind) {
    const oid = objectId({ type: kind.type, content });
    if (!offsets.has(oid)) offsets.set(oid, offset);
    roots.push({ offset, oid });
    return;
  }
  const base = "baseOffset" in kind ? kind.baseOffset : kind.baseOid;
  const siblings = waiting.get(base);
  if (siblings === undefined) waiting.set(base, [entry]);
  else siblings.push(entry);
}

/** An object with deltas on top of it that have not been looked at. */
interface Base extends GitObject {
  readonly deltas: PackEntry[];
}

/** Follows the deltas upwards from each whole object, depth first; answers how many there were. */
async function resolveDeltas(indexing: Indexing): Promise<number> {
  let resolved = 0;
  for (const { offset, oid } of indexing.roots) {
    const deltas = takeDeltas(indexing, offset, oid);
    if (deltas.length === 0) continue;
    resolved += await resolveFrom(indexing, { ...readWhole(indexing.pack, offset), deltas });
  }
  return resolved;
}

async function resolveFrom(indexing: Indexing, root: Base): Promise<number> {
  const { objectBytes } = indexing.limits;
  const bases: Base[] = [root];
  let held = root.content.length;
  let resolved = 0;
  for (let base = bases.at(-1); base !== undefined; base = bases.at(-1)) {
    const entry = base.deltas.pop();
    if (base.deltas.length === 0) {
      // Let go with its last delta, so that a long chain holds two objects only.
      bases.pop();
      held -= base.content.length;
    }
    if (entry === undefined) continue;
    const next = await resolveDelta(indexing, base, entry);
    resolved += 1;
    if (next.deltas.length === 0) continue;
    bases.push(next);
    held += next.content.length;
    if (held > 2 * objectBytes) throw objectTooLarge(objectBytes);
  }
  return resolved;
}

async function resolveDelta(indexing: Indexing, base: Base, entry: PackEntry): Promise<Base> {
  const { pack, limits, meter, offsets } = indexing;
  const delta = inflateAt(pack, entry.dataStart, entry.size).content;
  const pause = meter.spend(deltaResultSize(delta));
  if (pause !== undefined) await pause;
  const content = applyDelta(base.content, delta, limits.objectBytes);
  const oid = objectId({ type: base.type, content });
  if (!offsets.has(oid)) offsets.set(oid, entry.offset);
  return { type: base.type, content, deltas: takeDeltas(indexing, entry.offset, oid) };
}

/** Taken, and not only looked at: a delta that makes its own base must not come twice. */
function takeDeltas({ waiting }: Indexing, offset: number, oid: string): PackEntry[] {
  const deltas = [...(waiting.get(offset) ?? []), ...(waiting.get(oid) ?? [])];
  waiting.delete(offset);
  waiting.delete(oid);
  return deltas;
}

/** Reads an object that is stored whole. */
export function readWhole(pack: Uint8Array, offset: number): GitObject {
  const { kind, dataStart, size } = readPackEntry(pack, offset);
  if (!("type" in kind)) throw new ProtocolError("a delta of the pack has no base");
  return { type: kind.type, content: inflateAt(pack, dataStart, size).content };
}
