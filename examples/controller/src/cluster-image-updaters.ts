import type { Logger } from "@image-updater/core";
import {
  kubernetesImageUpdaters,
  type KubernetesImageUpdatersSettings,
} from "@image-updater/kubernetes";
import type { Inventory } from "./inventory.js";
import { isNotFound } from "./is-not-found.js";
import { at, nameOf } from "./manifest-fields.js";
import type { Trigger } from "./trigger.js";

/** The part of an inventory that is about ImageUpdater resources. */
export type ImageUpdaterInventory = Pick<
  Inventory,
  "listImageUpdaters" | "saveStatus" | "removeFinalizer" | "watchImageUpdaters"
>;

/** The ImageUpdater resources of a cluster; where their kind is not installed there are none. */
export function openClusterImageUpdaters(
  settings: KubernetesImageUpdatersSettings,
  logger: Logger,
): ImageUpdaterInventory {
  const resources = kubernetesImageUpdaters(settings);
  let isKnown = true;
  let wasMissed = false;
  const missing = (): void => {
    if (isKnown) logger.info({}, "No kind ImageUpdater here: annotations are all there is");
    isKnown = false;
  };
  return {
    async listImageUpdaters(options): Promise<readonly unknown[]> {
      try {
        const listed = await resources.list(options);
        isKnown = true;
        return listed;
      } catch (error) {
        if (!isNotFound(error)) throw error;
        missing();
        return [];
      }
    },
    async saveStatus(resource, status): Promise<void> {
      await resources.writeStatus({ ...resource, status });
    },
    async removeFinalizer(removal): Promise<void> {
      await resources.removeFinalizer(removal);
    },
    async watchImageUpdaters(onChange, options): Promise<void> {
      try {
        // All that is there as soon as the kind is, is news.
        await followGenerations(resources.watch(options), onChange, wasMissed);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        wasMissed = true;
        missing();
      }
    },
  };
}

/** Tells of specs that are new or changed: a status is a change of its own, and mostly ours. */
async function followGenerations(
  changes: ReturnType<ReturnType<typeof kubernetesImageUpdaters>["watch"]>,
  onChange: (trigger: Trigger) => void,
  isAllNews: boolean,
): Promise<void> {
  const seen = new Map<string, unknown>();
  let isFirst = !isAllNews;
  const look = (manifest: unknown): void => {
    const name = nameOf(manifest, "");
    const key = `${name.namespace}/${name.name}`;
    const generation = at(manifest, "metadata", "generation");
    const isChange = seen.get(key) !== generation && !isFirst;
    seen.set(key, generation);
    if (isChange) onChange({ kind: "image-updater", ...name });
  };
  for await (const change of changes) {
    if (change.kind === "removed") seen.delete(`${change.namespace}/${change.name}`);
    else if (change.kind === "changed") look(change.manifest);
    else {
      for (const manifest of change.manifests) look(manifest);
      isFirst = false;
    }
  }
}
