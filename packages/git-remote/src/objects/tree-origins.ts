import type { ReferenceDelta } from "./append-deltas.js";
import type { GitObject } from "./object-id.js";
import { encodeTreeDelta } from "./tree-delta.js";

/** Which trees of the server the written ones were made from. */
export interface TreeOrigins {
  /** Notes an object that was written, and what it was made from: one of the server, or a written one. */
  add(oid: string, origin: string | undefined): void;
  /** The difference of a written tree to the server's; `undefined` when it would save little. */
  deltaOf(oid: string): ReferenceDelta | undefined;
}

/** Below it, a whole tree is small, too: about a hundred entries. */
const SMALLEST_TREE = 4096;
/** How many times smaller than its tree a delta must be. The ids in a tree cannot be compressed. */
const SMALLEST_GAIN = 4;

/** Remembers what trees were made from; `find` finds the trees themselves. */
export function createTreeOrigins(find: (oid: string) => GitObject | undefined): TreeOrigins {
  const origins = new Map<string, string | undefined>();
  return {
    add: (oid, origin) => {
      // Of a tree that went through several hands, the server knows the first only.
      const known = origin !== undefined && origins.has(origin) ? origins.get(origin) : origin;
      origins.set(oid, known === oid ? undefined : known);
    },
    deltaOf: (oid) => {
      const base = origins.get(oid);
      const [from, to] = [base === undefined ? undefined : find(base), find(oid)];
      if (base === undefined || from?.type !== "tree" || to?.type !== "tree") return undefined;
      if (to.content.length < SMALLEST_TREE) return undefined;
      const delta = encodeTreeDelta(from.content, to.content);
      return delta.length * SMALLEST_GAIN > to.content.length ? undefined : { base, delta };
    },
  };
}
