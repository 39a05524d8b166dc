import type { CancelSignal } from "@image-updater/core";

/** One request to an API server. */
export interface KubernetesRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From the server's root, as `/api/v1/namespaces/argocd/secrets/creds`; already percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Of the body; default `application/json`. */
  readonly contentType?: string | undefined;
  /** Ends the request early with {@link KubernetesError} `cancelled`. */
  readonly signal?: CancelSignal | undefined;
}

/** What an API server answered, good or bad. */
export interface KubernetesResponse {
  readonly status: number;
  /** Decoded JSON; `undefined` where there is none. An error is a `Status` object here. */
  readonly body: unknown;
  /** Of the header `Retry-After`. */
  readonly retryAfterSeconds?: number | undefined;
}

/** A watch of a collection. */
export interface KubernetesWatchRequest {
  readonly path: string;
  /** `watch=true` is added. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Ends the watch; the iteration then just ends. */
  readonly signal?: CancelSignal | undefined;
}

/** One line of a watch. */
export interface KubernetesWatchEvent {
  /** `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`. */
  readonly type: string;
  /** The object as decoded JSON; of an `ERROR`, a `Status`. */
  readonly object: unknown;
}

/**
 * An API server, as little of it as this package needs. `kubernetesApi` makes one of a KubeConfig; any
 * other client will do.
 *
 * An implementation finds the server, proves who asks, and encodes and decodes JSON. It never follows a
 * redirect, and never puts a token in a message.
 */
export interface KubernetesApi {
  /** Version of this contract. */
  readonly contract: "kubernetes-api/1";

  /**
   * Sends one request. Every answer is a result, whatever its status.
   *
   * @throws KubernetesError `unavailable` or `timeout` without an answer, `cancelled` when the signal was
   * aborted, `invalid-response` when the answer is not JSON although it says 2xx.
   */
  request(request: KubernetesRequest): Promise<KubernetesResponse>;

  /**
   * Yields the lines of a watch as they come, and ends where the server ends it.
   *
   * An answer other than 200 is one event `ERROR` whose object is the `Status` of the answer. Leaving
   * the loop closes the connection.
   *
   * @throws KubernetesError `unavailable`, `timeout` or `invalid-response`, as `request`.
   */
  watch(request: KubernetesWatchRequest): AsyncIterable<KubernetesWatchEvent>;
}
