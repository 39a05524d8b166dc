import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FactsCache, FactsScope, RememberedTag, TagDetails } from "@image-updater/core";
import { decodeRememberedTag, decodeTagDetails } from "./remembered-facts.js";

/** Settings of {@link fileFactsCache}. */
export interface FileFactsCacheSettings {
  /** A folder of the cache's own; created when it is missing. */
  readonly directory: string;
  /** Most entries, tags and digests together; the longest unused are removed. Default 50,000. */
  readonly maxEntries?: number | undefined;
}

/** Every so many writes the folder is looked over; until then it may exceed its bound by as many. */
const WRITES_BETWEEN_PRUNES = 1000;

/** A temporary file that is so old was left by a process that was killed: writing one takes a moment. */
const LEFT_BEHIND_MS = 3_600_000;

/**
 * A {@link FactsCache} that survives restarts: one small file per entry, written whole or not at all.
 *
 * Several processes may share the folder. A file that cannot be read, or holds something else, is a
 * miss, and what processes leave behind that are killed while they write is removed after an hour. It holds no credentials: an identity is part of a file's name only as a hash.
 */
export function fileFactsCache(settings: FileFactsCacheSettings): FactsCache {
  const { directory, maxEntries = 50_000 } = settings;
  let writes = 0;

  async function read(key: string): Promise<unknown> {
    const path = join(directory, key);
    try {
      const text = await readFile(path, "utf8");
      // The time of use, for the removal of what is longest unused.
      const now = new Date();
      await utimes(path, now, now);
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  async function write(key: string, value: unknown): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const temporary = join(directory, `${key}.${randomUUID()}.tmp`);
    try {
      await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
      await rename(temporary, join(directory, key));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    writes += 1;
    if (writes === 1) await removeLeftBehind(directory);
    if (writes % WRITES_BETWEEN_PRUNES === 0) {
      await Promise.all([prune(directory, maxEntries), removeLeftBehind(directory)]);
    }
  }

  return {
    contract: "facts-cache/1",
    async readDetails(scope, digest, platforms): Promise<TagDetails | undefined> {
      return decodeTagDetails(await read(fileName("digest", scope, digest, ...platforms)));
    },
    writeDetails: (scope, digest, platforms, details) =>
      write(fileName("digest", scope, digest, ...platforms), details),
    async readTag(scope, tag): Promise<RememberedTag | undefined> {
      return decodeRememberedTag(await read(fileName("tag", scope, tag)));
    },
    writeTag: (scope, tag, remembered) => write(fileName("tag", scope, tag), remembered),
  };
}

function fileName(kind: string, scope: FactsScope, ...rest: readonly string[]): string {
  const key = JSON.stringify([scope.repository, scope.identity, ...rest]);
  return `${kind}-${createHash("sha256").update(key).digest("hex")}.json`;
}

/** Removes temporary files of processes that are no longer there. */
async function removeLeftBehind(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".tmp"));
  const newest = Date.now() - LEFT_BEHIND_MS;
  await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      if ((await lastUsed(path)) < newest) await rm(path, { force: true });
    }),
  );
}

/** Of a file that is gone, the beginning of time. */
async function lastUsed(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** Removes the longest unused entries above the bound; another process may do the same. */
async function prune(directory: string, maxEntries: number): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".json"));
  if (names.length <= maxEntries) return;
  const used = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const time = await lastUsed(path);
      return { path, time };
    }),
  );
  const oldest = used.toSorted((left, right) => left.time - right.time);
  const surplus = oldest.slice(0, names.length - maxEntries);
  await Promise.all(surplus.map(({ path }) => rm(path, { force: true })));
}
