import type { ObjectPlace } from "./route.js";
import { conflict, expired, failure, type TestAnswer } from "./status-object.js";

/** Something that goes wrong, until `times` is used up. */
export interface KubernetesTestFault {
  /** As RBAC names it: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`; default all. */
  readonly verb?: string | undefined;
  /** Plural, without group; default all. */
  readonly resource?: string | undefined;
  /** Default all. */
  readonly namespace?: string | undefined;
  /**
   * - `rate-limited`: 429 with `Retry-After: 1`; `unavailable`: 503; `server-error`: 500
   * - `expired`: 410; `conflict`: 409; `garbage`: 200 and no JSON
   * - `hang`: no answer; `disconnect`: the connection is cut
   * - `lose-answer`: what was asked is done, and then the connection is cut
   * - `slow`: the right answer, after 50 ms
   */
  readonly behave:
    | "rate-limited"
    | "unavailable"
    | "server-error"
    | "expired"
    | "conflict"
    | "garbage"
    | "hang"
    | "disconnect"
    | "lose-answer"
    | "slow"
    | "forbidden";
  /** How often; default for ever. */
  readonly times?: number | undefined;
}

/** The faults that are still to happen. */
export interface FaultPlan {
  set(faults: readonly KubernetesTestFault[]): void;
  /** The first fault for the call, counted as having happened. */
  take(place: ObjectPlace, verb: string): KubernetesTestFault["behave"] | undefined;
}

/** A plan with nothing in it. */
export function createFaultPlan(): FaultPlan {
  let planned: { readonly fault: KubernetesTestFault; left: number }[] = [];
  return {
    set(faults): void {
      planned = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
    },
    take(place, verb): KubernetesTestFault["behave"] | undefined {
      const found = planned.find(
        ({ fault, left }) =>
          left > 0 &&
          (fault.verb ?? verb) === verb &&
          (fault.resource ?? place.resource.resource) === place.resource.resource &&
          (fault.namespace ?? place.namespace) === place.namespace,
      );
      if (found === undefined) return undefined;
      found.left -= 1;
      return found.fault.behave;
    },
  };
}

/** The answer of a fault that has one of its own. */
export function faultAnswer(
  behave: KubernetesTestFault["behave"],
  { resource, name = "" }: ObjectPlace,
): TestAnswer | undefined {
  switch (behave) {
    case "rate-limited": {
      const text = "Too many requests, please try again later.";
      return { status: 429, body: text, headers: { "retry-after": "1" } };
    }
    case "unavailable": {
      const message = "the server is currently unable to handle the request";
      return failure({ code: 503, reason: "ServiceUnavailable", message });
    }
    case "server-error": {
      const message = "Internal error occurred: etcdserver: request timed out";
      return failure({ code: 500, reason: "InternalError", message });
    }
    case "forbidden": {
      const message = `${resource.resource} is forbidden: RBAC: role.rbac.authorization.k8s.io not found`;
      return failure({ code: 403, reason: "Forbidden", message });
    }
    case "expired":
      return failure(expired("too old resource version"));
    case "conflict":
      return conflict({ resource, name });
    case "garbage":
      return { status: 200, body: "<!doctype html><title>Sign in</title>" };
    case "hang":
    case "disconnect":
    case "lose-answer":
    case "slow":
      return undefined;
  }
}
