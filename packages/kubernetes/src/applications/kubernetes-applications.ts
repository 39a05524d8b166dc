import {
  compileGlob,
  type ApplicationChange,
  type ApplicationSource,
  type CallOptions,
  type Clock,
  type Glob,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import type { KubernetesApi } from "../api/kubernetes-api.js";
import { KubernetesError } from "../api/kubernetes-error.js";
import { listResources, type ResourceSelection } from "../api/list-resources.js";
import { mergeWatches } from "../api/merge-watches.js";
import { parseNamespaces, type Namespaces } from "../api/namespaces.js";
import { objectName } from "../api/object-name.js";
import { APPLICATIONS } from "../api/resource.js";
import { watchResources, type ResourceChange } from "../api/watch-resources.js";
import { applicationErrorOf } from "./application-error-of.js";

/** Settings of {@link kubernetesApplications}. */
export interface KubernetesApplicationsSettings {
  readonly api: KubernetesApi;
  /** Where to look; default `["argocd"]`. `"all"` needs the right to list in the whole cluster. */
  readonly namespaces?: Namespaces | undefined;
  /** Globs, as Go's `filepath.Match`, of which a name has to match one; default every name. */
  readonly names?: readonly string[] | undefined;
  /** As `kubectl -l`: `team=web,tier in (a,b),!hold`. */
  readonly labelSelector?: string | undefined;
  /** Applications of one request; default 500. */
  readonly pageSize?: number | undefined;
  /** For the waits of a watch; default the machine's. */
  readonly clock?: Clock | undefined;
  /** Between 0 and 1, for jitter; default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Told what a watch then recovers from; must not throw. */
  readonly onError?: ((error: KubernetesError) => void) | undefined;
}

/**
 * The Applications of a cluster: a list that is whole or an ApplicationError, and a watch that goes on
 * from where it was.
 *
 * The watch throws only what the first list of a namespace throws, such as a missing right; what fails
 * later is tried again until it works.
 *
 * @throws KubernetesError `invalid-config` at once for a glob or a namespace that is none.
 */
export function kubernetesApplications(
  settings: KubernetesApplicationsSettings,
): Required<ApplicationSource> {
  const { api, labelSelector, pageSize } = settings;
  const { clock = systemClock(), random = Math.random, onError } = settings;
  const isWanted = compileNames(settings.names);
  const namespaces = parseNamespaces("namespaces", settings.namespaces ?? ["argocd"]);
  const selections = namespaces.map((namespace): ResourceSelection => ({
    resource: APPLICATIONS,
    namespace,
    labelSelector,
    pageSize,
  }));
  const place = namespaces.map((namespace) => `${namespace ?? "*"}/*`).join(", ");

  return {
    contract: "application-source/1",
    async list(options?: CallOptions): Promise<readonly unknown[]> {
      try {
        const lists = await Promise.all(
          selections.map((selection) => listResources(api, selection, options?.signal)),
        );
        return lists.flatMap(({ objects }) => objects.filter(isWanted));
      } catch (error) {
        throw applicationErrorOf(error, place);
      }
    },
    async *watch(options?: CallOptions): AsyncGenerator<ApplicationChange> {
      const starts = selections.map(
        (selection) => (signal: CallOptions["signal"]) =>
          watchResources(api, selection, { clock, random, onError }, signal),
      );
      try {
        for await (const change of mergeWatches(starts, options?.signal)) {
          const told = tell(change, isWanted);
          if (told !== undefined) yield told;
        }
      } catch (error) {
        throw applicationErrorOf(error, place);
      }
    },
  };
}

/** The change as the port has it; `undefined` for an Application whose name is not wanted. */
function tell(
  change: ResourceChange,
  isWanted: (manifest: unknown) => boolean,
): ApplicationChange | undefined {
  if (change.kind === "listed") {
    return { kind: "listed", manifests: change.objects.filter(isWanted) };
  }
  const { namespace, name } = change.name;
  if (!isWanted({ metadata: change.name })) return undefined;
  return change.kind === "changed"
    ? { kind: "changed", manifest: change.object }
    : { kind: "removed", namespace, name };
}

function compileNames(names: readonly string[] | undefined): (manifest: unknown) => boolean {
  if (names === undefined) return () => true;
  const globs = names.map(compileName);
  return (manifest) => {
    const name = objectName(manifest)?.name ?? "";
    return globs.some((glob) => glob.matches(name));
  };
}

function compileName(pattern: string, index: number): Glob {
  const glob = compileGlob(pattern);
  if (glob !== undefined) return glob;
  const message = `names[${index}]: "${pattern}" is not a glob; close every "[" and end no glob with "\\"`;
  throw new KubernetesError("invalid-config", message);
}
