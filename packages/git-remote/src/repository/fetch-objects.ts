import type { ObjectSource } from "../objects/object-store.js";
import { openPack, type Pack } from "../objects/open-pack.js";
import type { PackLimits } from "../objects/pack-meter.js";
import { ProtocolError } from "../protocol-error.js";
import type { GitTransport } from "../transport/git-transport.js";
import { encodeFetch, readFetchedPack, type FetchRequest } from "../wire/fetch-pack.js";
import type { ServerFeatures } from "../wire/server-features.js";
import type { FetchMode, RepositoryMemory } from "./repository-memory.js";

/** What decides how the objects of one commit are fetched. */
export interface FetchContext {
  readonly transport: GitTransport;
  readonly memory: RepositoryMemory;
  readonly features: ServerFeatures;
  readonly preferences: FetchPreferences;
  readonly commit: string;
  readonly history?: CommitHistory | undefined;
  /** The files that are asked for. */
  readonly paths: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** Where a commit is found that no branch points to. */
export interface CommitHistory {
  /** A branch's commit. */
  readonly tip: string;
  /** How many commits of its history hold the one that is meant, itself included. */
  readonly depth: number;
}

/** What costs more where this runs, and what is too much. */
export interface FetchPreferences {
  readonly prefer: "fewer-bytes" | "fewer-requests";
  readonly maxPackBytes: number;
}

/** Above it, all folders of a repository that was never seen cost less than the way to each. */
const MANY_FOLDERS = 20;
const MAX_OBJECTS = 5_000_000;
/** Configuration and folders; anything larger that is asked for by its id is refused. */
const MAX_WANTED_BYTES = 64 * 1024 * 1024;
/** How much larger than a pack its contents may be, deltas and their bases together. */
const MAX_GROWTH = 8;

/**
 * Fetches objects in the way that costs least of those that the server offers.
 *
 * A server that refuses a way is asked in the next one; if that works, it is remembered. Throws
 * `ProtocolError`.
 */
export function createObjectSource(context: FetchContext): ObjectSource {
  const { memory } = context;
  let modes = offeredModes(context);
  let hasEverything = false;
  return async (oids) => {
    if (hasEverything) throw missing(oids);
    const { mode, pack } = await fetchInFirstOf(modes, oids, context);
    const refused = modes.slice(0, modes.indexOf(mode));
    modes = modes.slice(refused.length);
    hasEverything = mode === "everything";
    memory.learn({ isVisited: true, refused: [...memory.server().refused, ...refused] });
    return pack;
  };
}

async function fetchInFirstOf(
  [mode = "everything", ...others]: readonly FetchMode[],
  oids: readonly string[],
  context: FetchContext,
): Promise<{ readonly mode: FetchMode; readonly pack: Pack }> {
  try {
    return { mode, pack: await fetchIn(mode, oids, context) };
  } catch (error) {
    if (!isRefusal(error) || others.length === 0) throw error;
    return fetchInFirstOf(others, oids, context);
  }
}

/** The ways that may work, the best one first. */
function offeredModes(context: FetchContext): readonly FetchMode[] {
  const { features, memory, preferences, paths } = context;
  const { refused, isVisited } = memory.server();
  if (!features.filter || !features.anyObject) return ["everything"];
  const folders = new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/") + 1)));
  const isMuch = folders.size > MANY_FOLDERS && !isVisited;
  const filtered: readonly FetchMode[] =
    isMuch || preferences.prefer === "fewer-requests" ? ["folders", "paths"] : ["paths", "folders"];
  return [...filtered.filter((mode) => !refused.includes(mode)), "everything"];
}

async function fetchIn(
  mode: FetchMode,
  oids: readonly string[],
  context: FetchContext,
): Promise<Pack> {
  const { transport, features, preferences, commit, signal } = context;
  const { maxPackBytes } = preferences;
  // Servers that send no object by its id send the history of what their branches point to.
  const { tip, depth } = (features.anyObject ? undefined : context.history) ?? ONLY(commit);
  const wants = mode === "everything" ? [tip] : oids;
  const shallow = wants.includes(commit) || wants.includes(tip);
  const request: FetchRequest = { wants, shallow, depth, filter: FILTERS[mode] };
  const answer = transport.uploadPack(encodeFetch(features, request), {
    maxBytes: maxPackBytes,
    signal,
  });
  const bytes = await readFetchedPack(answer, features);
  const objectBytes = mode === "everything" ? maxPackBytes : MAX_WANTED_BYTES;
  const totalBytes = maxPackBytes * MAX_GROWTH;
  const limits: PackLimits = { objects: MAX_OBJECTS, objectBytes, totalBytes };
  const pack = await openPack(bytes, limits, signal);
  const absent = wants.filter((oid) => !pack.has(oid));
  if (absent.length === 0) return pack;
  if (absent.length === wants.length) throw missing(absent);
  // A filter also leaves out what is asked for by its id where a folder that is asked for holds it.
  return joinPacks(pack, await fetchIn(mode, absent, context));
}

const ONLY = (tip: string): CommitHistory => ({ tip, depth: 1 });

function joinPacks(one: Pack, other: Pack): Pack {
  return {
    has: (oid) => one.has(oid) || other.has(oid),
    read: (oid) => one.read(oid) ?? other.read(oid),
  };
}

const FILTERS: Readonly<Record<FetchMode, FetchRequest["filter"]>> = {
  paths: "tree:0",
  folders: "blob:none",
  everything: undefined,
};

/** A server that says so does not want; one that breaks off may have failed for another reason. */
function isRefusal(error: unknown): boolean {
  return error instanceof ProtocolError && error.said !== undefined;
}

function missing(oids: readonly string[]): ProtocolError {
  return new ProtocolError(`the server did not send object ${oids[0] ?? ""}`);
}
