import { ProtocolError } from "../protocol-error.js";
import { appendDeltas, type ReferenceDelta } from "./append-deltas.js";
import { createMemoryFileSystem } from "./memory-file-system.js";
import type { ObjectCache } from "./object-cache.js";
import type { GitObject } from "./object-id.js";
import type { Pack } from "./open-pack.js";
import { createTreeOrigins } from "./tree-origins.js";

/** Git objects of a repository, as they are needed, and those written on top of them. */
export interface ObjectStore {
  /** Makes sure that objects are here; those that are not are fetched, all in one request. */
  load(oids: readonly string[]): Promise<void>;
  /**
   * The content of an object, byte for byte; it is fetched if it must be.
   *
   * Throws `ProtocolError` when the server does not have it either, or it is of another type.
   */
  read(type: "blob" | "tree" | "commit", oid: string): Promise<Uint8Array>;
  /**
   * Writes an object, byte for byte, and answers its id.
   *
   * `origin` is what it was made from: an object that was read from the server, or was written here.
   */
  write(type: "blob" | "tree" | "commit", content: Uint8Array, origin?: string): Promise<string>;
  /** Objects that were written, as one pack, for a push. */
  pack(oids: Iterable<string>, form: PackForm): Promise<WrittenPack>;
}

/** How a pack may be made. */
export interface PackForm {
  /** Whether large folders may be differences to what the server has. */
  readonly thin: boolean;
}

/** A pack, and whether there are such differences in it. */
export interface WrittenPack extends PackForm {
  readonly bytes: Uint8Array;
}

/** Asks the server for objects; the pack may hold more than was asked for. */
export type ObjectSource = (oids: readonly string[]) => Promise<Pack>;

/** Where isomorphic-git believes the bare repository is. */
const GIT_FOLDER = "/repository";

/** Objects from a cache and a server, in this order; what is read or written goes into the cache. */
export function createObjectStore(cache: ObjectCache, fetch: ObjectSource): ObjectStore {
  const shelf = createShelf(cache);
  const load = async (oids: readonly string[]): Promise<void> => {
    const missing = oids.filter((oid) => !shelf.has(oid));
    if (missing.length > 0) shelf.addPack(await fetch([...new Set(missing)]));
  };
  return {
    load,
    read: async (type, oid) => {
      await load([oid]);
      const object = shelf.get(oid);
      if (object === undefined) throw new ProtocolError(`the server did not send object ${oid}`);
      if (object.type !== type) throw new ProtocolError(`object ${oid} is not a ${type}`);
      return object.content;
    },
    ...createWriter(shelf),
  };
}

/** Writes objects by isomorphic-git, into a file system in memory, and puts each on the shelf. */
function createWriter(shelf: Shelf): Pick<ObjectStore, "write" | "pack"> {
  const folder = { fs: createMemoryFileSystem(), gitdir: GIT_FOLDER, cache: {} };
  const origins = createTreeOrigins((oid) => shelf.get(oid));
  return {
    write: async (type, content, origin) => {
      const { writeObject } = await loadGit();
      const oid = await writeObject({ ...folder, type, object: content, format: "content" });
      shelf.add(oid, { type, content });
      origins.add(oid, origin);
      return oid;
    },
    pack: async (oids, { thin }) => {
      const { packObjects } = await loadGit();
      const deltas: ReferenceDelta[] = [];
      const whole: string[] = [];
      for (const oid of new Set(oids)) {
        const delta = thin ? origins.deltaOf(oid) : undefined;
        if (delta === undefined) whole.push(oid);
        else deltas.push(delta);
      }
      const { packfile } = await packObjects({ ...folder, oids: whole });
      if (packfile === undefined) throw new TypeError("isomorphic-git made no pack");
      if (deltas.length === 0) return { bytes: packfile, thin: false };
      return { bytes: appendDeltas(packfile, deltas), thin: true };
    },
  };
}

/** With the first write: whoever only looks whether there is anything to do need not hold it in memory. */
function loadGit() {
  return import("isomorphic-git");
}

/** Objects at hand. What was found once stays, whatever the cache forgets meanwhile. */
interface Shelf {
  has(oid: string): boolean;
  get(oid: string): GitObject | undefined;
  add(oid: string, object: GitObject): void;
  addPack(pack: Pack): void;
}

function createShelf(cache: ObjectCache): Shelf {
  const objects = new Map<string, GitObject>();
  const packs: Pack[] = [];
  const add = (oid: string, object: GitObject): void => {
    objects.set(oid, object);
    cache.set(oid, object);
  };
  const get = (oid: string): GitObject | undefined => {
    const known = objects.get(oid) ?? cache.get(oid);
    if (known !== undefined) {
      objects.set(oid, known);
      return known;
    }
    const packed = packs.find((pack) => pack.has(oid))?.read(oid);
    if (packed !== undefined) add(oid, packed);
    return packed;
  };
  return {
    has: (oid) => objects.has(oid) || packs.some((pack) => pack.has(oid)) || get(oid) !== undefined,
    get,
    add,
    addPack: (pack) => {
      packs.push(pack);
    },
  };
}
