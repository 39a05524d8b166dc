import { apiVersionOf, type KubernetesTestResource } from "./test-resource.js";

/** What a path names. */
export interface ObjectPlace {
  readonly resource: KubernetesTestResource;
  /** Absent for all namespaces. */
  readonly namespace?: string | undefined;
  /** Absent for a collection. */
  readonly name?: string | undefined;
  readonly subresource?: "status" | undefined;
}

const PATH =
  /^(?:\/api\/(?<core>[^/]+)|\/apis\/(?<group>[^/]+\/[^/]+))(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?$/;

/** Finds what a path names; `undefined` where the server has nothing. */
export function parseRoute(
  path: string,
  resources: readonly KubernetesTestResource[],
): ObjectPlace | undefined {
  const found = PATH.exec(path)?.groups;
  if (found === undefined) return undefined;
  const { core, group, namespace, name, subresource } = found;
  const resource = resources.find(
    (one) => one.resource === found["resource"] && apiVersionOf(one) === (group ?? core),
  );
  if (resource === undefined || (name !== undefined && namespace === undefined)) return undefined;
  if (subresource === undefined) return { resource, namespace, name };
  if (subresource !== "status" || resource.hasStatus !== true) return undefined;
  return { resource, namespace, name, subresource };
}

/** The verb of a request, as RBAC names it. */
export function verbOf(method: string, { name }: ObjectPlace, isWatch: boolean): string {
  if (method === "GET" && name !== undefined) return "get";
  if (method === "GET") return isWatch ? "watch" : "list";
  return { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" }[method] ?? "unknown";
}
