import { keyOf, type KubernetesObject } from "./kubernetes-object.js";

/** One change, as a watch tells it. */
export interface StoreChange {
  /** Qualified name of the resource. */
  readonly resource: string;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  readonly object: KubernetesObject;
  /** As it was before; a selector may have matched it then. */
  readonly previous: KubernetesObject | undefined;
}

/** Objects by resource, and the history of their changes. */
export interface ObjectStore {
  /** Of the last change. */
  readonly version: number;
  get(resource: string, key: string): KubernetesObject | undefined;
  /** By namespace and name; `undefined` lists all namespaces. */
  list(resource: string, namespace: string | undefined): readonly KubernetesObject[];
  /** Stores the object, with the next resource version. */
  put(resource: string, object: KubernetesObject): KubernetesObject;
  remove(resource: string, key: string): void;
  /** What happened after the version; `undefined` when that is forgotten. */
  changesAfter(resource: string, version: number): readonly StoreChange[] | undefined;
  /** Calls for every change from now on; answers how to stop that. */
  subscribe(listener: (change: StoreChange) => void): () => void;
  /** Forgets the history. */
  compact(): void;
}

/** As etcd, resource versions are of the whole store and do not start at one. */
const FIRST_VERSION = 1000;

/** A store with nothing in it. */
export function createObjectStore(): ObjectStore {
  const objects = new Map<string, Map<string, KubernetesObject>>();
  const listeners = new Set<(change: StoreChange) => void>();
  let history: StoreChange[] = [];
  let version = FIRST_VERSION;
  let oldest = FIRST_VERSION;

  const ofResource = (resource: string): Map<string, KubernetesObject> => {
    const found = objects.get(resource) ?? new Map<string, KubernetesObject>();
    objects.set(resource, found);
    return found;
  };
  const tell = (change: StoreChange): void => {
    history.push(change);
    for (const listener of listeners) listener(change);
  };
  const versioned = (object: KubernetesObject): KubernetesObject => {
    version += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
  };

  return {
    get version(): number {
      return version;
    },
    get: (resource, key) => ofResource(resource).get(key),
    list: (resource, namespace) =>
      [...ofResource(resource).entries()]
        .filter(([key]) => namespace === undefined || key.startsWith(`${namespace}/`))
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([, object]) => object),
    put(resource, object): KubernetesObject {
      const key = keyOf(object);
      const previous = ofResource(resource).get(key);
      const stored = versioned(object);
      ofResource(resource).set(key, stored);
      const type = previous === undefined ? "ADDED" : "MODIFIED";
      tell({ resource, type, version, object: stored, previous });
      return stored;
    },
    remove(resource, key): void {
      const previous = ofResource(resource).get(key);
      if (previous === undefined) return;
      ofResource(resource).delete(key);
      tell({ resource, type: "DELETED", object: versioned(previous), version, previous });
    },
    changesAfter(resource, after): readonly StoreChange[] | undefined {
      if (after < oldest) return undefined;
      return history.filter((change) => change.resource === resource && change.version > after);
    },
    subscribe(listener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    compact(): void {
      // Even the present version is too old then, as after a long time.
      version += 1;
      oldest = version;
      history = [];
    },
  };
}
