import type { ServerResponse } from "node:http";
import type { TestCall } from "./answer-call.js";
import type { KubernetesObject } from "./kubernetes-object.js";
import { parseObjectMatcher, type ObjectMatcher } from "./object-matcher.js";
import type { ObjectStore, StoreChange } from "./object-store.js";
import { expired, statusObject } from "./status-object.js";
import { apiVersionOf, qualifiedName } from "./test-resource.js";

/** The watches that are open. */
export interface WatchStreams {
  readonly open: number;
  /** Answers a watch; it stays open until the server, its timeout or the client ends it. */
  start(call: TestCall, response: ServerResponse): void;
  /** Tells all that asked for bookmarks how far they have come. */
  bookmark(): void;
  /** Cuts all connections, as a load balancer does. */
  drop(): void;
  /** Tells all that their resource version is too old, and ends them. */
  expire(): void;
}

interface Stream {
  readonly response: ServerResponse;
  bookmark(): void;
  send(type: string, object: object): void;
}

/** Serves watches of the store. */
export function createWatchStreams(store: ObjectStore): WatchStreams {
  const streams = new Set<Stream>();
  const eachStream = (act: (stream: Stream) => void): void => [...streams].forEach(act);
  return {
    get open(): number {
      return streams.size;
    },
    start(call, response): void {
      const stream = createStream(store, call, response);
      const matches = parseObjectMatcher(call.query);
      response.writeHead(200, { "content-type": "application/json" });
      response.flushHeaders();
      const backlog = changesSince(store, call, matches);
      if (backlog === undefined) return endAsExpired(stream, call);
      const tell = (change: StoreChange): void => forward(change, call, matches, stream);
      for (const object of backlog.objects) stream.send("ADDED", object);
      for (const change of backlog.changes) tell(change);
      streams.add(stream);
      const unsubscribe = store.subscribe(tell);
      const timer = endInTime(call, stream);
      response.on("close", () => {
        clearTimeout(timer);
        unsubscribe();
        streams.delete(stream);
      });
    },
    bookmark: () => eachStream((stream) => stream.bookmark()),
    drop: () => eachStream(({ response }) => response.destroy()),
    expire: () =>
      eachStream((stream) => {
        stream.send("ERROR", statusObject(expired("too old resource version")));
        stream.response.end();
      }),
  };
}

function createStream(store: ObjectStore, call: TestCall, response: ServerResponse): Stream {
  const { place, query } = call;
  const send = (type: string, object: object): void => {
    if (!response.writableEnded) response.write(`${JSON.stringify({ type, object })}\n`);
  };
  return {
    response,
    send,
    bookmark(): void {
      if (query.get("allowWatchBookmarks") !== "true") return;
      const { kind } = place.resource;
      const metadata = { resourceVersion: String(store.version), creationTimestamp: null };
      send("BOOKMARK", { kind, apiVersion: apiVersionOf(place.resource), metadata });
    },
  };
}

/** The server ends a watch at the time the client named, with a bookmark. */
function endInTime({ query }: TestCall, stream: Stream): NodeJS.Timeout | undefined {
  const seconds = Number(query.get("timeoutSeconds") ?? 0);
  if (!(seconds > 0)) return undefined;
  return setTimeout(() => {
    stream.bookmark();
    stream.response.end();
  }, seconds * 1000);
}

interface Backlog {
  /** What there is, for a watch that starts at no version. */
  readonly objects: readonly KubernetesObject[];
  readonly changes: readonly StoreChange[];
}

function changesSince(
  store: ObjectStore,
  { place, query }: TestCall,
  matches: ObjectMatcher,
): Backlog | undefined {
  const resource = qualifiedName(place.resource);
  const version = Number(query.get("resourceVersion") ?? 0);
  if (version === 0) {
    return { objects: store.list(resource, place.namespace).filter(matches), changes: [] };
  }
  const changes = store.changesAfter(resource, version);
  return changes === undefined ? undefined : { objects: [], changes };
}

function endAsExpired(stream: Stream, { query }: TestCall): void {
  const message = `too old resource version: ${query.get("resourceVersion")}`;
  stream.send("ERROR", statusObject(expired(message)));
  stream.response.end();
}

/** To a watch with a selector, an object that begins to match is added, one that ceases to is deleted. */
function forward(
  change: StoreChange,
  { place }: TestCall,
  matches: ObjectMatcher,
  stream: Stream,
): void {
  const { object, previous, type } = change;
  if (change.resource !== qualifiedName(place.resource)) return;
  if (place.namespace !== undefined && object.metadata.namespace !== place.namespace) return;
  const did = previous !== undefined && matches(previous);
  const does = type !== "DELETED" && matches(object);
  if (does) stream.send(did ? "MODIFIED" : "ADDED", object);
  else if (did) stream.send("DELETED", object);
}
