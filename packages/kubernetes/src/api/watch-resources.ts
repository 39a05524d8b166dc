import type { CancelSignal, Clock } from "@image-updater/core";
import type { KubernetesApi } from "./kubernetes-api.js";
import { KubernetesError, type KubernetesErrorCode } from "./kubernetes-error.js";
import { listResources, placeOf, selectors, type ResourceSelection } from "./list-resources.js";
import { objectName, type ObjectIdentity } from "./object-name.js";
import { resourcePath } from "./resource.js";
import { describeCall, errorOfCall, watchError, type ResourceCall } from "./status-error.js";

/** How a watch lives on. */
export interface WatchSettings {
  readonly clock: Clock;
  /** Between 0 and 1, for jitter. */
  readonly random: () => number;
  /** Told what the watch then recovers from; must not throw. */
  readonly onError?: ((error: KubernetesError) => void) | undefined;
}

/** What a watch saw. */
export type ResourceChange =
  | { readonly kind: "listed"; readonly objects: readonly unknown[] }
  | { readonly kind: "changed"; readonly name: ObjectIdentity; readonly object: unknown }
  | { readonly kind: "removed"; readonly name: ObjectIdentity };

/** There is no going on from a version that is too old, from an event that cannot be read, or of a kind that is gone. */
const NEEDS_A_LIST: ReadonlySet<KubernetesErrorCode> = new Set([
  "expired",
  "too-large",
  "not-found",
]);

/** The server ends a watch by itself after this; who hears nothing for longer is not connected any more. */
const WATCH_SECONDS = 300;
const WATCH_SLACK_SECONDS = 30;

const FIRST_WAIT_MS = 800;
const LONGEST_WAIT_MS = 30_000;

/**
 * Follows a collection until the signal is aborted: first all there is, then what changes.
 *
 * Goes on from the last resource version when the connection ends, and from a new list when that version
 * is too old. Waits between attempts grow to half a minute, with jitter.
 *
 * @throws KubernetesError of the first list when trying again is of no use, as without the right to list.
 * @yields each change
 */
export async function* watchResources(
  api: KubernetesApi,
  selection: ResourceSelection,
  settings: WatchSettings,
  signal?: CancelSignal,
): AsyncGenerator<ResourceChange> {
  const pauses = createPauses(settings, signal);
  const isOver = (): boolean => signal?.aborted === true;
  let version: string | undefined;
  let hasListed = false;
  while (!isOver()) {
    try {
      if (version === undefined) {
        const list = await listResources(api, selection, signal);
        version = list.resourceVersion;
        hasListed = true;
        yield { kind: "listed", objects: list.objects };
      }
      for await (const event of openWatch(api, selection, version, settings, signal)) {
        pauses.reset();
        version = event.version ?? version;
        if (event.change !== undefined) yield event.change;
      }
    } catch (error) {
      if (isOver()) return;
      if (!KubernetesError.is(error) || !(hasListed || error.retryable)) throw error;
      settings.onError?.(error);
      if (NEEDS_A_LIST.has(error.code)) version = undefined;
    }
    // A server that ends every watch at once is not asked without pause.
    await pauses.next();
  }
}

interface WatchedEvent {
  readonly version: string | undefined;
  readonly change: ResourceChange | undefined;
}

async function* openWatch(
  api: KubernetesApi,
  selection: ResourceSelection,
  resourceVersion: string,
  { clock, random }: WatchSettings,
  signal: CancelSignal | undefined,
): AsyncGenerator<WatchedEvent> {
  const call: ResourceCall = { ...placeOf(selection), verb: "watch" };
  // Not all watches of a program end at the same moment.
  const seconds = Math.round(WATCH_SECONDS * (1 + random()));
  const query = {
    ...selectors(selection),
    resourceVersion,
    allowWatchBookmarks: "true",
    timeoutSeconds: String(seconds),
  };
  const guard = guardSilence(clock, (seconds + WATCH_SLACK_SECONDS) * 1000, signal);
  try {
    const events = api.watch({ path: resourcePath(call), query, signal: guard.signal });
    for await (const { type, object } of events) yield decodeEvent(call, type, object);
  } catch (error) {
    throw errorOfCall(call, error);
  } finally {
    guard.clear();
  }
}

function decodeEvent(call: ResourceCall, type: string, object: unknown): WatchedEvent {
  if (type === "ERROR") throw watchError(call, object);
  const name = objectName(object);
  if (name === undefined) {
    const message = `${describeCall(call)}: an event has no object with a name`;
    throw new KubernetesError("invalid-response", message, { verb: "watch" });
  }
  const version = name.resourceVersion;
  switch (type) {
    case "ADDED":
    case "MODIFIED":
      return { version, change: { kind: "changed", name, object } };
    case "DELETED":
      return { version, change: { kind: "removed", name } };
    // A bookmark, or what a later server may tell: how far it has come.
    default:
      return { version, change: undefined };
  }
}

/** Ends a watch that the server should have ended: nobody is on the other side. */
function guardSilence(
  clock: Clock,
  ms: number,
  caller: CancelSignal | undefined,
): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  if (caller?.aborted === true) end();
  else caller?.addEventListener("abort", end);
  void clock.delay(ms, controller.signal).then(end);
  return {
    signal: controller.signal,
    clear(): void {
      caller?.removeEventListener("abort", end);
      end();
    },
  };
}

interface Pauses {
  next(): Promise<void>;
  reset(): void;
}

/** Each is longer than the last, but for what went well for as long as the longest. */
function createPauses({ clock, random }: WatchSettings, signal: CancelSignal | undefined): Pauses {
  let wait = FIRST_WAIT_MS;
  let since = clock.now().getTime();
  return {
    async next(): Promise<void> {
      if (clock.now().getTime() - since > LONGEST_WAIT_MS) wait = FIRST_WAIT_MS;
      const pause = wait * (1 + random());
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      await clock.delay(pause, signal);
      since = clock.now().getTime();
    },
    reset(): void {
      wait = FIRST_WAIT_MS;
    },
  };
}
