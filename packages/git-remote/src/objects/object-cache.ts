import type { GitObject } from "./object-id.js";

/** Objects that were read or written, by repository; the ones not used for longest are forgotten. */
export interface ObjectCache {
  get(oid: string): GitObject | undefined;
  set(oid: string, object: GitObject): void;
}

/** What an entry costs besides its content, about. */
const ENTRY_BYTES = 300;
/** No object may push out more than a quarter of all others. */
const LARGEST_SHARE = 4;

/**
 * A cache of at most `maxBytes`, for all repositories together.
 *
 * The answer opens the part of one repository; what is in a part is never seen in another.
 */
export function createObjectCache(maxBytes: number): (repository: string) => ObjectCache {
  const entries = new Map<string, GitObject>();
  let size = 0;
  const drop = (key: string, object: GitObject): void => {
    entries.delete(key);
    size -= costOf(object);
  };
  const add = (key: string, object: GitObject): void => {
    if (costOf(object) > maxBytes / LARGEST_SHARE) return;
    entries.set(key, object);
    size += costOf(object);
    for (const [oldest, dropped] of entries) {
      if (size <= maxBytes) return;
      drop(oldest, dropped);
    }
  };
  return (repository) => ({
    get: (oid) => {
      const key = `${repository}\0${oid}`;
      const object = entries.get(key);
      if (object === undefined) return undefined;
      drop(key, object);
      add(key, object);
      return object;
    },
    set: (oid, object) => {
      const key = `${repository}\0${oid}`;
      const known = entries.get(key);
      if (known !== undefined) drop(key, known);
      add(key, { type: object.type, content: alone(object.content) });
    },
  });
}

/** Bytes that hold no larger piece of memory than they need. */
function alone(content: Uint8Array): Uint8Array {
  return content.buffer.byteLength === content.length ? content : new Uint8Array(content);
}

function costOf({ content }: GitObject): number {
  return content.length + ENTRY_BYTES;
}
