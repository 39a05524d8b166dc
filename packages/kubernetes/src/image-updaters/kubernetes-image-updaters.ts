import type { CallOptions, Clock } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import type { KubernetesApi } from "../api/kubernetes-api.js";
import type { KubernetesError } from "../api/kubernetes-error.js";
import { listResources, type ResourceSelection } from "../api/list-resources.js";
import { mergeWatches } from "../api/merge-watches.js";
import { parseNamespaces, type Namespaces } from "../api/namespaces.js";
import { IMAGE_UPDATERS } from "../api/resource.js";
import { watchResources, type ResourceChange } from "../api/watch-resources.js";
import { removeFinalizer, type FinalizerRemoval } from "./remove-finalizer.js";
import { writeImageUpdaterStatus, type ImageUpdaterStatusWrite } from "./write-status.js";

/** Settings of {@link kubernetesImageUpdaters}. */
export interface KubernetesImageUpdatersSettings {
  readonly api: KubernetesApi;
  /** Where to look; default `["argocd"]`. */
  readonly namespaces?: Namespaces | undefined;
  /** Resources of one request; default 500. */
  readonly pageSize?: number | undefined;
  /** For the waits of a watch; default the machine's. */
  readonly clock?: Clock | undefined;
  /** Between 0 and 1, for jitter; default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Told what a watch then recovers from; must not throw. */
  readonly onError?: ((error: KubernetesError) => void) | undefined;
}

/** What a watch saw of ImageUpdater resources. */
export type ImageUpdaterChange =
  | {
      /** All there are at this moment: forget what is not among them. Comes first, and after a gap. */
      readonly kind: "listed";
      readonly manifests: readonly unknown[];
    }
  | { readonly kind: "changed"; readonly manifest: unknown }
  | { readonly kind: "removed"; readonly namespace: string; readonly name: string };

/** ImageUpdater resources (`argocd-image-updater.argoproj.io/v1alpha1`), as decoded JSON. */
export interface KubernetesImageUpdaters {
  /** All of them, or a KubernetesError. */
  list(options?: CallOptions): Promise<readonly unknown[]>;
  /**
   * The resources as they change, until the signal is aborted; reconnects by itself.
   *
   * A change of the status is a change too: compare `metadata.generation` to act on specs only.
   *
   * @throws KubernetesError of the first list when trying again is of no use.
   */
  watch(options?: CallOptions): AsyncIterable<ImageUpdaterChange>;
  /**
   * Replaces the status, and writes nothing when it is the same already.
   *
   * With a `resourceVersion`, only if the resource still has it; without, again after a conflict.
   *
   * @throws KubernetesError `conflict`, or `not-found` when the resource is gone.
   */
  writeStatus(
    write: ImageUpdaterStatusWrite,
    options?: CallOptions,
  ): Promise<"written" | "unchanged">;
  /**
   * Takes a finalizer off, so that a deletion can end; others stay. `unchanged` where it is not there, or
   * the resource is gone. Needs the right to patch the resources.
   */
  removeFinalizer(
    removal: FinalizerRemoval,
    options?: CallOptions,
  ): Promise<"removed" | "unchanged">;
}

/**
 * The ImageUpdater resources of a cluster.
 *
 * @throws KubernetesError `invalid-config` at once for a namespace that is none.
 */
export function kubernetesImageUpdaters(
  settings: KubernetesImageUpdatersSettings,
): KubernetesImageUpdaters {
  const { api, pageSize, clock = systemClock(), random = Math.random, onError } = settings;
  const namespaces = parseNamespaces("namespaces", settings.namespaces ?? ["argocd"]);
  const selections = namespaces.map((namespace): ResourceSelection => ({
    resource: IMAGE_UPDATERS,
    namespace,
    pageSize,
  }));
  return {
    async list(options): Promise<readonly unknown[]> {
      const lists = await Promise.all(
        selections.map((selection) => listResources(api, selection, options?.signal)),
      );
      return lists.flatMap(({ objects }) => objects);
    },
    async *watch(options): AsyncGenerator<ImageUpdaterChange> {
      const starts = selections.map(
        (selection) => (signal: CallOptions["signal"]) =>
          watchResources(api, selection, { clock, random, onError }, signal),
      );
      for await (const change of mergeWatches(starts, options?.signal)) yield tell(change);
    },
    writeStatus: (write, options) =>
      writeImageUpdaterStatus({ api, clock, random }, write, options),
    removeFinalizer: (removal, options) =>
      removeFinalizer({ api, clock, random }, removal, options),
  };
}

function tell(change: ResourceChange): ImageUpdaterChange {
  if (change.kind === "listed") return { kind: "listed", manifests: change.objects };
  if (change.kind === "changed") return { kind: "changed", manifest: change.object };
  const { namespace, name } = change.name;
  return { kind: "removed", namespace, name };
}
