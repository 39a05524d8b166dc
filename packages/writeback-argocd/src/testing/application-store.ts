import { isJsonObject, type JsonObject } from "./json-patch.js";

/** Which Application. */
export interface ApplicationKey {
  readonly namespace: string;
  readonly name: string;
}

/** Applications as a cluster keeps them: each write gives the object a new resource version. */
export interface ApplicationStore {
  get(key: ApplicationKey): JsonObject | undefined;
  remove(key: ApplicationKey): void;
  /** Writes what the function makes of the present manifest, as somebody else on the cluster. */
  edit(key: ApplicationKey, change: (manifest: JsonObject) => JsonObject): JsonObject;
}

/** A store that holds the manifests; those without a namespace are in the given one. */
export function createApplicationStore(
  manifests: readonly object[],
  namespace: string,
): ApplicationStore {
  let lastVersion = 100;
  const objects = new Map<string, JsonObject>();
  for (const manifest of manifests) {
    const metadata: JsonObject = { namespace, ...metadataOf(manifest) };
    save(`${String(metadata["namespace"])}/${String(metadata["name"])}`, { ...manifest, metadata });
  }

  function save(id: string, manifest: JsonObject): JsonObject {
    lastVersion += 1;
    const metadata = { ...metadataOf(manifest), resourceVersion: String(lastVersion) };
    const saved = { ...structuredClone(manifest), metadata };
    objects.set(id, saved);
    return saved;
  }

  return {
    get: (key) => objects.get(idOf(key)),
    remove: (key) => void objects.delete(idOf(key)),
    edit(key, change) {
      const present = objects.get(idOf(key));
      if (present === undefined) throw new Error(`there is no Application ${idOf(key)}`);
      return save(idOf(key), change(present));
    },
  };
}

/** The metadata of a manifest; empty for what has none. */
export function metadataOf(manifest: object): JsonObject {
  const metadata: unknown = "metadata" in manifest ? manifest.metadata : undefined;
  return isJsonObject(metadata) ? metadata : {};
}

function idOf({ namespace, name }: ApplicationKey): string {
  return `${namespace}/${name}`;
}
