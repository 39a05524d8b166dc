import type { CommitObject } from "isomorphic-git";
import { ProtocolError } from "../protocol-error.js";
import { createMemoryFileSystem } from "./memory-file-system.js";
import type { ObjectCache } from "./object-cache.js";
import type { GitObject } from "./object-id.js";
import type { Pack } from "./open-pack.js";

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
  /** Writes a blob or a tree as given, and answers its id. */
  write(type: "blob" | "tree", content: Uint8Array): Promise<string>;
  writeCommit(commit: CommitObject): Promise<string>;
  /** Objects that were written, as one pack, for a push. */
  pack(oids: Iterable<string>): Promise<Uint8Array>;
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
    ...createWriter((oid, object) => shelf.add(oid, object)),
  };
}

/** Writes objects by isomorphic-git, into a file system in memory, and tells of each. */
function createWriter(
  wrote: (oid: string, object: GitObject) => void,
): Pick<ObjectStore, "write" | "writeCommit" | "pack"> {
  const folder = { fs: createMemoryFileSystem(), gitdir: GIT_FOLDER, cache: {} };
  return {
    write: async (type, content) => {
      const { writeObject } = await loadGit();
      const oid = await writeObject({ ...folder, type, object: content, format: "content" });
      wrote(oid, { type, content });
      return oid;
    },
    writeCommit: async (commit) => {
      const { readObject, writeCommit } = await loadGit();
      const oid = await writeCommit({ ...folder, commit });
      const written = await readObject({ ...folder, oid, format: "content" });
      if (written.format === "content") wrote(oid, { type: "commit", content: written.object });
      return oid;
    },
    pack: async (oids) => {
      const { packObjects } = await loadGit();
      const { packfile } = await packObjects({ ...folder, oids: [...new Set(oids)] });
      if (packfile === undefined) throw new TypeError("isomorphic-git made no pack");
      return packfile;
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
