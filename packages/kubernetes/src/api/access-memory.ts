import type { Clock } from "@image-updater/core";
import type { KubernetesRequest } from "./kubernetes-api.js";

/**
 * Remembers what was allowed, to tell a right that is missing from one that a server does not know of yet:
 * one that has just started refuses everybody until it has read its roles and their bindings.
 */
export interface AccessMemory {
  /** The server answered: `allowed` is everything but 401, 403 and what says nothing of rights. */
  sawAnswer(request: Pick<KubernetesRequest, "method" | "path">, status: number): void;
  /** A connection was lost or refused: what then answers may have just started. */
  sawTrouble(): void;
  /** Whether a refusal of this request may be a moment's. */
  mayPass(request: Pick<KubernetesRequest, "method" | "path">): boolean;
}

/** For so long after trouble a server is taken for one that has just started. */
const YOUNG_MS = 60_000;

/** So many requests are remembered; of more, the oldest are forgotten. */
const REMEMBERED = 10_000;

/** Remembers nothing yet: until anything has been allowed, everything may be a moment's. */
export function createAccessMemory(clock: Pick<Clock, "now">): AccessMemory {
  const allowed = new Set<string>();
  let youngUntil = Number.POSITIVE_INFINITY;
  const sawTrouble = (): void => {
    youngUntil = clock.now().getTime() + YOUNG_MS;
  };
  return {
    sawAnswer(request, status): void {
      if (status === 401 || status === 403 || status === 429) return;
      if (status >= 500) {
        sawTrouble();
        return;
      }
      if (youngUntil === Number.POSITIVE_INFINITY) sawTrouble();
      allowed.add(keyOf(request));
      const [oldest] = allowed;
      if (allowed.size > REMEMBERED && oldest !== undefined) allowed.delete(oldest);
    },
    sawTrouble,
    mayPass: (request) => allowed.has(keyOf(request)) || clock.now().getTime() < youngUntil,
  };
}

/** With the object's name: a right may be for some names only. */
function keyOf({ method, path }: Pick<KubernetesRequest, "method" | "path">): string {
  return `${method} ${path}`;
}
