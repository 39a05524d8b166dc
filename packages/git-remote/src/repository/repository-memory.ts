import { createHash } from "node:crypto";
import { createObjectCache, type ObjectCache } from "../objects/object-cache.js";
import type { PushOffer } from "../wire/receive-pack.js";
import type { ServerFeatures } from "../wire/server-features.js";

/** How objects are fetched: those on the way to some paths, all folders, or everything. */
export type FetchMode = "paths" | "folders" | "everything";

/** What a server said of itself the last time. */
export interface KnownServer {
  /** Where the greeting was found. */
  readonly base?: string | undefined;
  /** Of protocol version 2 only; before it, every greeting says it again. */
  readonly features?: ServerFeatures | undefined;
  /** Ways to fetch that it refused although it offered them. */
  readonly refused: readonly FetchMode[];
  /** Whether anything was fetched from it. */
  readonly isVisited: boolean;
  /** What it can do for a push. */
  readonly pushOffer?: PushOffer | undefined;
  /** Whether a pack had to be whole, with no delta to what the server has. */
  readonly refusesThinPacks?: boolean | undefined;
}

/** What is remembered of one repository, as one identity sees it, between calls. In memory only. */
export interface RepositoryMemory {
  readonly objects: ObjectCache;
  server(): KnownServer;
  /** Adds to what is known; it is forgotten after an hour, for servers change. */
  learn(news: Partial<KnownServer>): void;
  forget(): void;
}

/** Settings of {@link createRepositoryMemories}. */
export interface MemorySettings {
  /** For objects of all repositories together. */
  readonly cacheBytes: number;
  readonly clock: { now(): Date };
}

const STRANGER: KnownServer = { refused: [], isVisited: false };
const MAX_SERVERS = 1000;
const HOUR_MS = 60 * 60 * 1000;

/**
 * Opens the memory of a repository by what tells it and its readers apart.
 *
 * The parts of a key are hashed, so that no credential outlives its call.
 */
export function createRepositoryMemories({
  cacheBytes,
  clock,
}: MemorySettings): (...key: readonly (string | undefined)[]) => RepositoryMemory {
  const openCache = createObjectCache(cacheBytes);
  const servers = new Map<string, { readonly known: KnownServer; readonly until: number }>();
  return (...parts) => {
    const key = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
    const entry = (): { readonly known: KnownServer; readonly until: number } | undefined => {
      const found = servers.get(key);
      return found !== undefined && found.until > clock.now().getTime() ? found : undefined;
    };
    return {
      objects: openCache(key),
      server: () => entry()?.known ?? STRANGER,
      learn: (news) => {
        const { known = STRANGER, until = clock.now().getTime() + HOUR_MS } = entry() ?? {};
        servers.delete(key);
        servers.set(key, { known: { ...known, ...news }, until });
        const [oldest] = servers.keys();
        if (servers.size > MAX_SERVERS && oldest !== undefined) servers.delete(oldest);
      },
      forget: () => {
        servers.delete(key);
      },
    };
  };
}
