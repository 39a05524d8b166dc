import type { ObjectPlace } from "./route.js";
import { failure, type TestAnswer } from "./status-object.js";

/** What somebody may do, as a rule of an RBAC role; an absent list allows all. */
export interface KubernetesTestRule {
  readonly apiGroups?: readonly string[] | undefined;
  /** With sub-resources named: `imageupdaters/status`. */
  readonly resources?: readonly string[] | undefined;
  readonly verbs?: readonly string[] | undefined;
  readonly resourceNames?: readonly string[] | undefined;
  /** A Role's namespaces; absent for a ClusterRole. A list over all namespaces needs the latter. */
  readonly namespaces?: readonly string[] | undefined;
}

/** Somebody with a bearer token. */
export interface KubernetesTestUser {
  readonly token: string;
  /** Default `system:serviceaccount:argocd:test`. */
  readonly name?: string | undefined;
  /** Default: everything. */
  readonly rules?: readonly KubernetesTestRule[] | undefined;
}

/** Why the request is not answered, as `Status`; `undefined` when it may be. */
export function refuseAccess(
  users: readonly KubernetesTestUser[],
  authorization: string | undefined,
  place: ObjectPlace,
  verb: string,
): TestAnswer | undefined {
  const user = users.find(({ token }) => authorization === `Bearer ${token}`);
  if (user === undefined) {
    return failure({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
  }
  const isAllowed = user.rules?.some((rule) => allows(rule, place, verb)) ?? true;
  return isAllowed ? undefined : forbidden(user, place, verb);
}

function allows(rule: KubernetesTestRule, place: ObjectPlace, verb: string): boolean {
  const { resource, namespace = "", name = "" } = place;
  return (
    takes(rule.apiGroups, resource.group) &&
    takes(rule.resources, fullResource(place)) &&
    takes(rule.verbs, verb) &&
    (rule.resourceNames?.includes(name) ?? true) &&
    (rule.namespaces?.includes(namespace) ?? true)
  );
}

function takes(list: readonly string[] | undefined, value: string): boolean {
  return list === undefined || list.includes("*") || list.includes(value);
}

function forbidden(user: KubernetesTestUser, place: ObjectPlace, verb: string): TestAnswer {
  const { resource, namespace, name } = place;
  const { group } = resource;
  const qualified = group === "" ? resource.resource : `${resource.resource}.${group}`;
  const object = name === undefined ? qualified : `${qualified} "${name}"`;
  const scope =
    namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const who = user.name ?? "system:serviceaccount:argocd:test";
  const message = `${object} is forbidden: User "${who}" cannot ${verb} resource "${fullResource(place)}" in API group "${group}" ${scope}`;
  const details = { name, group, kind: resource.resource };
  return failure({ code: 403, reason: "Forbidden", message, details });
}

function fullResource({ resource, subresource }: ObjectPlace): string {
  return subresource === undefined ? resource.resource : `${resource.resource}/${subresource}`;
}
