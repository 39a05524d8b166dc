import type { RegistryFault } from "@image-updater/core/testing";
import { errorAnswer, type Answer } from "./answer.js";
import type { AccessControl } from "./access.js";
import type { Route } from "./distribution-api.js";
import type { ImageStore } from "./image-store.js";

/** The faults that are still to happen. */
export interface FaultPlan {
  set(faults: readonly RegistryFault[]): void;
  /** The first fault for the request, counted as having happened. */
  take(route: Route, store: ImageStore): RegistryFault | undefined;
}

/** What a faulty registry does: another answer, or none. */
export type Misbehaviour =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "hang" | "disconnect" | "endless" };

/** A plan with nothing in it. */
export function createFaultPlan(): FaultPlan {
  let planned: { readonly fault: RegistryFault; left: number }[] = [];
  return {
    set(faults): void {
      planned = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
    },
    take(route, store): RegistryFault | undefined {
      const found = planned.find(({ fault, left }) => left > 0 && concerns(fault, route, store));
      if (found === undefined) return undefined;
      found.left -= 1;
      return found.fault;
    },
  };
}

/** What the fault makes of the right answer. */
export function misbehave(
  { behave }: RegistryFault,
  route: Route,
  right: Answer,
  access: AccessControl,
): Misbehaviour {
  switch (behave) {
    case "hang":
    case "disconnect":
      return { kind: behave };
    case "too-large":
      return { kind: "endless" };
    case "unauthorized":
      return answer(access.challenge("repository" in route ? route.repository : undefined));
    case "forbidden":
      return answer(errorAnswer(403, "DENIED"));
    case "not-found":
      return answer(errorAnswer(404, notFoundCode(route)));
    case "blocked-by-policy":
      return answer(errorAnswer(412, "PROJECTPOLICYVIOLATION"));
    case "rate-limited":
      return answer(errorAnswer(429, "TOOMANYREQUESTS", { "retry-after": "1" }));
    case "server-error":
      return answer(errorAnswer(503, "UNAVAILABLE"));
    case "garbage":
      return answer({ ...right, status: 200, ...garbage });
    case "wrong-digest":
      break;
  }
  // Still the same JSON, but not the same bytes.
  return answer({ ...right, body: Buffer.concat([right.body, Buffer.from(" ")]) });
}

const garbage = {
  headers: { "content-type": "text/html" },
  body: Buffer.from("<!doctype html><title>Sign in</title>"),
};

function answer(wrong: Answer): Misbehaviour {
  return { kind: "answer", answer: wrong };
}

function concerns(fault: RegistryFault, route: Route, store: ImageStore): boolean {
  const isPage = fault.on === "tags" && route.kind === "tags-page";
  if (fault.on !== "any" && fault.on !== route.kind && !isPage) return false;
  if (fault.repository === undefined && fault.tag === undefined) return true;
  if (!("repository" in route)) return false;
  if (fault.repository !== undefined && fault.repository !== route.repository) return false;
  if (fault.tag === undefined) return true;
  return "reference" in route && store.belongsTo(route.repository, route.reference, fault.tag);
}

function notFoundCode({ kind }: Route): string {
  if (kind === "tags" || kind === "tags-page") return "NAME_UNKNOWN";
  return kind === "manifest" ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN";
}
