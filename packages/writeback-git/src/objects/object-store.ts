import * as git from "isomorphic-git";
import { ProtocolError } from "../protocol-error.js";
import { createMemoryFileSystem } from "./memory-file-system.js";

/** Where isomorphic-git believes the bare repository is. */
const GIT_FOLDER = "/repository";

/** Git objects of one fetch, and those written on top of them. */
export interface ObjectStore {
  /** The content of an object, byte for byte. Throws `ProtocolError` when it is not there or of another type. */
  read(type: "blob" | "tree" | "commit", oid: string): Promise<Uint8Array>;
  /** Writes a blob or a tree as given, and answers its id. */
  write(type: "blob" | "tree", content: Uint8Array): Promise<string>;
  writeCommit(commit: git.CommitObject): Promise<string>;
  /** The objects as one pack, for a push. */
  pack(oids: Iterable<string>): Promise<Uint8Array>;
}

/** A fresh file system and cache: what a fetch fills and an object store then reads. */
export interface ObjectFolder {
  readonly fs: git.PromiseFsClient;
  readonly gitdir: string;
  readonly cache: object;
}

/** An empty folder for objects, in memory. */
export function createObjectFolder(): ObjectFolder {
  return { fs: createMemoryFileSystem(), gitdir: GIT_FOLDER, cache: {} };
}

/** Reads and writes objects in a folder through isomorphic-git, trees and blobs as raw bytes. */
export function createObjectStore(folder: ObjectFolder): ObjectStore {
  return {
    read: async (type, oid) => {
      const result = await git
        .readObject({ ...folder, oid, format: "content" })
        .catch((cause: unknown) => {
          throw new ProtocolError(`object ${oid} cannot be read: ${String(cause)}`);
        });
      if (result.type !== type || result.format !== "content") {
        throw new ProtocolError(`object ${oid} is not a ${type}`);
      }
      return result.object;
    },
    write: (type, object) => git.writeObject({ ...folder, type, object, format: "content" }),
    writeCommit: (commit) => git.writeCommit({ ...folder, commit }),
    pack: async (oids) => {
      const { packfile } = await git.packObjects({ ...folder, oids: [...new Set(oids)] });
      if (packfile === undefined) throw new TypeError("isomorphic-git made no pack");
      return packfile;
    },
  };
}
