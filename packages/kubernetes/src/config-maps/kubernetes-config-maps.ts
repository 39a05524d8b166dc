import type { CallOptions, Clock } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { z } from "zod";
import { callResource } from "../api/call-resource.js";
import type { KubernetesApi } from "../api/kubernetes-api.js";
import { KubernetesError } from "../api/kubernetes-error.js";
import { CONFIG_MAPS, resourcePath } from "../api/resource.js";
import { watchResources, type ResourceChange } from "../api/watch-resources.js";

/** Settings of {@link kubernetesConfigMaps}. */
export interface KubernetesConfigMapsSettings {
  readonly api: KubernetesApi;
  /** For the waits of a watch; default the machine's. */
  readonly clock?: Clock | undefined;
  /** Between 0 and 1, for jitter; default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Told what a watch then recovers from; must not throw. */
  readonly onError?: ((error: KubernetesError) => void) | undefined;
}

/** Which config map. */
export interface ConfigMapName {
  readonly namespace: string;
  readonly name: string;
}

/** The fields of a config map; `undefined` while it does not exist. Binary fields are not among them. */
export type ConfigMapData = ReadonlyMap<string, string> | undefined;

/** Reads config maps, as `registries.conf` of `argocd-image-updater-config`. */
export interface KubernetesConfigMaps {
  /**
   * One field's text.
   *
   * @throws KubernetesError `not-found` when the config map or the field does not exist.
   */
  read(key: ConfigMapName & { readonly key: string }, options?: CallOptions): Promise<string>;
  /**
   * The fields of one config map now, and again whenever they change, until the signal is aborted.
   *
   * @throws KubernetesError of the first read when trying again is of no use.
   */
  watch(name: ConfigMapName, options?: CallOptions): AsyncIterable<ConfigMapData>;
}

/** Config maps of a cluster. A Role that names the config map is enough, for `get`, `list` and `watch`. */
export function kubernetesConfigMaps(settings: KubernetesConfigMapsSettings): KubernetesConfigMaps {
  const { api, clock = systemClock(), random = Math.random, onError } = settings;
  return {
    async read({ namespace, name, key }, options): Promise<string> {
      const call = { resource: CONFIG_MAPS, namespace, name, verb: "get" } as const;
      const data = decode(await callResource(api, call, { signal: options?.signal }));
      const text = data.get(key);
      if (text !== undefined) return text;
      const message = `config map ${namespace}/${name} has no text field "${key}"`;
      throw new KubernetesError("not-found", message, { namespace, name });
    },
    async *watch({ namespace, name }, options): AsyncGenerator<ConfigMapData> {
      // Nothing that is not a name gets into the selector.
      resourcePath({ resource: CONFIG_MAPS, namespace, name });
      const fieldSelector = `metadata.name=${name}`;
      const selection = { resource: CONFIG_MAPS, namespace, fieldSelector };
      const changes = watchResources(api, selection, { clock, random, onError }, options?.signal);
      let last: string | undefined;
      for await (const change of changes) {
        const data = dataAfter(change);
        const text = JSON.stringify(data === undefined ? null : [...data]);
        if (text === last) continue;
        last = text;
        yield data;
      }
    },
  };
}

const configMap = z.object({ data: z.record(z.string(), z.string()).nullish() });

function dataAfter(change: ResourceChange): ConfigMapData {
  if (change.kind === "removed") return undefined;
  if (change.kind === "changed") return decode(change.object);
  const [object] = change.objects;
  return object === undefined ? undefined : decode(object);
}

function decode(object: unknown): ReadonlyMap<string, string> {
  const { data, error } = configMap.safeParse(object);
  if (data === undefined) {
    const message = "the answer of the API server is not a config map";
    throw new KubernetesError("invalid-response", message, { cause: error });
  }
  const entries = Object.entries(data.data ?? {});
  return new Map(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
