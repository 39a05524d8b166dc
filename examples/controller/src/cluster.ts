import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Clock, Logger } from "@image-updater/core";
import {
  createLeaderElection,
  kubernetesApi,
  kubernetesApplicationClient,
  kubernetesApplications,
  kubernetesConfigMaps,
  kubernetesEvents,
  kubernetesSecrets,
  type KubernetesApi,
} from "@image-updater/kubernetes";
import { KubeConfig } from "@kubernetes/client-node";
import { openClusterImageUpdaters } from "./cluster-image-updaters.js";
import type { Configuration } from "./configuration.js";
import { countRequests } from "./count-requests.js";
import type { Inventory } from "./inventory.js";
import { isNotFound } from "./is-not-found.js";
import { aloneInTheLead, type Leadership } from "./leadership.js";
import { sayOnceInAWhile } from "./logging.js";
import type { Metrics } from "./metrics.js";

/** What a cluster is opened with. */
export interface ClusterParts {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, "countApiRequest">;
  readonly clock: Clock;
  readonly random: () => number;
}

/** As upstream's, so that the two never work at the same time. */
const LEASE = "c21b75f2.argoproj.io";

/**
 * The cluster that a kubeconfig's file names; without a file, the one this runs in, else that of the
 * user's kubeconfig. No request is made yet.
 */
export function openCluster(
  parts: ClusterParts,
  kubeconfig: string | undefined,
): { readonly inventory: Inventory; readonly leadership: Leadership } {
  const { configuration, logger, metrics, clock, random } = parts;
  const kubeConfig = loadKubeConfig(kubeconfig);
  const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
  const namespace = context?.namespace ?? "argocd";
  const namespaces = configuration.watchedNamespaces ?? [namespace];
  const open = (mayWrite?: () => boolean): KubernetesApi =>
    countRequests(kubernetesApi(kubeConfig, { clock, random, mayWrite }), metrics);
  const { leadership, mayWrite } = elect(parts, open(), namespace);
  const api = open(mayWrite);
  const onError = sayOnceInAWhile(clock, (text) => logger.warn({}, `Kubernetes: ${text}`));
  const shared = { api, namespaces, clock, random, onError };
  const configMaps = kubernetesConfigMaps(shared);
  const events = kubernetesEvents({ api, clock });
  const inventory: Inventory = {
    argoCdNamespace: configuration.argoCdNamespace ?? namespace,
    applications: kubernetesApplications(shared),
    client: kubernetesApplicationClient({ api }),
    secrets: kubernetesSecrets({ api }),
    ...openClusterImageUpdaters(shared, logger),
    async readConfigMap(map, options): Promise<string | undefined> {
      try {
        const found = { ...map, namespace: map.namespace ?? namespace };
        return await configMaps.read(found, options);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    recordEvents: async (report) => (await events.record(report)).failed,
  };
  return { inventory, leadership };
}

function loadKubeConfig(file: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  if (file === undefined) kubeConfig.loadFromDefault();
  else kubeConfig.loadFromFile(file);
  return kubeConfig;
}

interface Elected {
  readonly leadership: Leadership;
  /** Nobody writes to the cluster whose lease is over. */
  readonly mayWrite: () => boolean;
}

function elect(
  { configuration, logger, clock, random }: ClusterParts,
  api: KubernetesApi,
  ownNamespace: string,
): Elected {
  const { leaderElection, once } = configuration;
  if (leaderElection === "off" || once) {
    return { leadership: aloneInTheLead(), mayWrite: () => true };
  }
  const election = createLeaderElection({
    api,
    namespace: leaderElection.namespace ?? ownNamespace,
    name: LEASE,
    identity: `${hostname()}_${randomUUID()}`,
    clock,
    random,
    onError: (error) => logger.warn({}, `Leader election: ${String(error)}`),
  });
  const leadership: Leadership = {
    lead: (work, signal) =>
      election.run(
        async (leading, lost) => {
          logger.info({}, "Leading");
          await work(leading, lost);
          logger.info({}, "No longer leading");
        },
        { signal },
      ),
  };
  return { leadership, mayWrite: () => election.leads };
}
