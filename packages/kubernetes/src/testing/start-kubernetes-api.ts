import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { KubernetesTestUser } from "./access.js";
import { createFaultPlan, type KubernetesTestFault } from "./fault-plan.js";
import { formatKubeconfig } from "./format-kubeconfig.js";
import type { KubernetesObject, ObjectName } from "./kubernetes-object.js";
import { createListPages } from "./list-pages.js";
import { createObjectStore } from "./object-store.js";
import { createObjectHand } from "./object-hand.js";
import {
  createRequestHandler,
  type LoggedKubernetesRequest,
  type ServerParts,
} from "./request-handler.js";
import { KNOWN_RESOURCES, type KubernetesTestResource } from "./test-resource.js";
import { createWatchStreams } from "./watch-stream.js";

/** Options of {@link startKubernetesApi}. */
export interface KubernetesTestOptions {
  /** What it holds at first, as `put` takes it; default nothing. */
  readonly objects?: readonly object[] | undefined;
  /** Kinds it knows; default Application, ImageUpdater, Secret, ConfigMap, Event and Lease. */
  readonly resources?: readonly KubernetesTestResource[] | undefined;
  /** Who may do what; default the token `test-token`, that may do everything. */
  readonly users?: readonly KubernetesTestUser[] | undefined;
  /** What goes wrong from the start. */
  readonly faults?: readonly KubernetesTestFault[] | undefined;
  /** For time stamps; default the machine's clock. */
  readonly now?: (() => Date) | undefined;
  /** PEM key and certificate: speak https. The certificate is its own authority in the kubeconfig. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
}

/** A running API server. */
export interface KubernetesTestApi {
  /** Base URL. */
  readonly url: string;
  /** All requests so far, oldest first. */
  readonly requests: readonly LoggedKubernetesRequest[];
  /** How many watches are open. */
  readonly watches: number;
  /** A kubeconfig for `KubeConfig.loadFromString`; default with the first user's token. */
  kubeconfig(token?: string): string;
  /**
   * Creates the object, or replaces it whole, as somebody with all rights would; answers it as stored.
   * `metadata.namespace` is `argocd` by default, and a secret's `stringData` is encoded into `data`.
   */
  put(object: object): KubernetesObject;
  get(name: ObjectName): KubernetesObject | undefined;
  /** All objects of the kind, by namespace and name. */
  list(kind: string): readonly KubernetesObject[];
  remove(name: ObjectName): void;
  /** Sends a bookmark to every watch that asked for bookmarks. */
  bookmark(): void;
  /** Cuts the connections of all watches. */
  dropWatches(): void;
  /** Ends all watches as too old, and forgets the history: older versions and next pages are gone. */
  expire(): void;
  /** Replaces all faults; an empty list ends them. */
  setFaults(faults: readonly KubernetesTestFault[]): void;
  close(): Promise<void>;
}

/**
 * Starts an API server on 127.0.0.1: real sockets, resource versions, pages, watches, patches, status
 * sub-resources, rights, and faults on demand. It knows the verbs and kinds that this package uses.
 */
export async function startKubernetesApi(
  options: KubernetesTestOptions = {},
): Promise<KubernetesTestApi> {
  const { resources = KNOWN_RESOURCES, users = [{ token: "test-token" }], tls } = options;
  const store = createObjectStore();
  const now = options.now ?? ((): Date => new Date());
  const hand = createObjectHand({ store, resources, now });
  for (const object of options.objects ?? []) hand.put(object);
  const parts: ServerParts = {
    context: { store, pages: createListPages(store), now },
    watches: createWatchStreams(store),
    faults: createFaultPlan(),
    requests: [],
    resources,
    users,
  };
  parts.faults.set(options.faults ?? []);
  const handler = createRequestHandler(parts);
  const server = tls === undefined ? createServer(handler) : createTlsServer(tls, handler);
  const url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${await listen(server)}`;
  const { watches, faults, requests } = parts;
  return {
    url,
    requests,
    get watches(): number {
      return watches.open;
    },
    kubeconfig: (token = users[0]?.token ?? "") => formatKubeconfig({ url, token, ca: tls?.cert }),
    ...hand,
    bookmark: watches.bookmark,
    dropWatches: watches.drop,
    expire(): void {
      store.compact();
      parts.context.pages.expire();
      watches.expire();
    },
    setFaults: faults.set,
    close: () => close(server),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no port"));
      else resolve(address.port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
