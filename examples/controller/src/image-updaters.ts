import {
  findApplicationRef,
  isImageUpdaterError,
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
import { listAt, nameOf, textAt, textsAt } from "./manifest-fields.js";
import type { Claim } from "./select-applications.js";

/** The ImageUpdater resources of one cycle. */
export interface ImageUpdaters {
  /** The one that takes an Application, and what it says about it. */
  claim(manifest: unknown): Claim | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly statuses: ImageUpdaterStatuses;
  /** Lets those end that are being deleted. One that cannot stops nobody. */
  release(): Promise<void>;
}

/** What reading them and writing their statuses takes. */
export interface ImageUpdatersParts extends StatusParts {
  readonly inventory: Pick<
    Inventory,
    "listImageUpdaters" | "saveStatus" | "removeFinalizer" | "argoCdNamespace"
  >;
  readonly signal: AbortSignal;
}

/** Argo CD Image Updater puts it on every ImageUpdater, and no deletion ends while it is there. */
const FINALIZER = "resources-finalizer.argocd-image-updater.argoproj.io";

/**
 * Reads the ImageUpdater resources for a cycle. One that is being deleted takes no Application any more,
 * and has no status written.
 *
 * Where several match an Application, the one with the most specific reference takes it; of equals, the
 * first by namespace and name.
 */
export async function openImageUpdaters(parts: ImageUpdatersParts): Promise<ImageUpdaters> {
  const { inventory, signal } = parts;
  const controllerNamespace = inventory.argoCdNamespace;
  const listed = await inventory.listImageUpdaters({ signal });
  const parsed = listed
    .filter((manifest) => !isEnding(manifest))
    .map((manifest) => parseImageUpdater(manifest, { controllerNamespace }));
  const resources = parsed
    .flatMap(({ value }) => value ?? [])
    .toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  return {
    diagnostics: parsed.flatMap(({ diagnostics }) => diagnostics),
    claim: (manifest) => claimOf(resources, manifest, controllerNamespace),
    statuses: createStatuses(resources, parts),
    async release(): Promise<void> {
      const ending = listed.filter((manifest) => isEnding(manifest) && hasFinalizer(manifest));
      await Promise.all(ending.map((manifest) => releaseOne(parts, manifest)));
    },
  };
}

function isEnding(manifest: unknown): boolean {
  return textAt(manifest, "metadata", "deletionTimestamp") !== "";
}

function hasFinalizer(manifest: unknown): boolean {
  return listAt(manifest, "metadata", "finalizers").includes(FINALIZER);
}

async function releaseOne(
  { inventory, logger }: ImageUpdatersParts,
  manifest: unknown,
): Promise<void> {
  const resource = nameOf(manifest, inventory.argoCdNamespace);
  const fields = {
    imageUpdater_namespace: resource.namespace,
    imageUpdater_name: resource.name,
  };
  try {
    await inventory.removeFinalizer?.({ ...resource, finalizer: FINALIZER });
    logger.info(fields, "The ImageUpdater is deleted: its finalizer is taken off");
  } catch (error) {
    if (isImageUpdaterError(error) && error.code === "cancelled") return;
    logger.warn(fields, `Could not take the finalizer off: ${String(error)}`);
  }
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
