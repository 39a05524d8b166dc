import type { FactsCache, FactsScope, RememberedTag } from "../ports/facts-cache.js";
import type { TagDetails } from "../ports/registry-client.js";

/** Settings of {@link memoryFactsCache}. */
export interface MemoryFactsCacheSettings {
  /** Most entries of each kind, tags and digests; the longest unused are forgotten. Default 20,000. */
  readonly maxEntries?: number | undefined;
}

/** A {@link FactsCache} that lives as long as the process. */
export function memoryFactsCache(settings: MemoryFactsCacheSettings = {}): FactsCache {
  const { maxEntries = 20_000 } = settings;
  const details = createBoundedMap<TagDetails>(maxEntries);
  const tags = createBoundedMap<RememberedTag>(maxEntries);
  return {
    contract: "facts-cache/1",
    readDetails: (scope, digest, platforms) =>
      Promise.resolve(details.get(keyOf(scope, digest, ...platforms))),
    writeDetails(scope, digest, platforms, value): Promise<void> {
      details.set(keyOf(scope, digest, ...platforms), value);
      return Promise.resolve();
    },
    readTag: (scope, tag) => Promise.resolve(tags.get(keyOf(scope, tag))),
    writeTag(scope, tag, remembered): Promise<void> {
      tags.set(keyOf(scope, tag), remembered);
      return Promise.resolve();
    },
  };
}

interface BoundedMap<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

/** Forgets the entry that was used least recently: a `Map` keeps the order of insertion. */
function createBoundedMap<T>(maxEntries: number): BoundedMap<T> {
  const entries = new Map<string, T>();
  return {
    get(key): T | undefined {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value): void {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= maxEntries) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
  };
}

function keyOf({ repository, identity }: FactsScope, ...rest: readonly string[]): string {
  return JSON.stringify([repository, identity, ...rest]);
}
