import {
  findApplicationRef,
  parseImageUpdater,
  type Diagnostic,
  type ImageUpdaterResource,
} from "@image-updater/core";
import {
  createStatuses,
  keyOf,
  type ImageUpdaterStatuses,
  type StatusParts,
} from "./image-updater-statuses.js";
import type { Inventory } from "./inventory.js";
import { nameOf, textsAt } from "./manifest-fields.js";
import type { Claim } from "./select-applications.js";

/** The ImageUpdater resources of one cycle. */
export interface ImageUpdaters {
  /** The one that takes an Application, and what it says about it. */
  claim(manifest: unknown): Claim | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly statuses: ImageUpdaterStatuses;
}

/** What reading them and writing their statuses takes. */
export interface ImageUpdatersParts extends StatusParts {
  readonly inventory: Pick<Inventory, "listImageUpdaters" | "saveStatus" | "argoCdNamespace">;
  readonly signal: AbortSignal;
}

/**
 * Reads the ImageUpdater resources for a cycle.
 *
 * Where several match an Application, the one with the most specific reference takes it; of equals, the
 * first by namespace and name.
 */
export async function openImageUpdaters(parts: ImageUpdatersParts): Promise<ImageUpdaters> {
  const { inventory, signal } = parts;
  const controllerNamespace = inventory.argoCdNamespace;
  const manifests = await inventory.listImageUpdaters({ signal });
  const parsed = manifests.map((manifest) => parseImageUpdater(manifest, { controllerNamespace }));
  const resources = parsed
    .flatMap(({ value }) => value ?? [])
    .toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  return {
    diagnostics: parsed.flatMap(({ diagnostics }) => diagnostics),
    claim: (manifest) => claimOf(resources, manifest, controllerNamespace),
    statuses: createStatuses(resources, parts),
  };
}

function claimOf(
  resources: readonly ImageUpdaterResource[],
  manifest: unknown,
  defaultNamespace: string,
): Claim | undefined {
  const { name, namespace } = nameOf(manifest, defaultNamespace);
  const labels = textsAt(manifest, "metadata", "labels");
  const [found] = resources
    .filter((resource) => resource.namespace === namespace)
    .flatMap((resource) => {
      const ref = findApplicationRef(resource, { name, labels });
      return ref === undefined ? [] : [{ owner: keyOf(resource), ref }];
    })
    .toSorted((left, right) => right.ref.specificity - left.ref.specificity);
  return found === undefined ? undefined : { owner: found.owner, settings: found.ref.settings };
}
