import { KubernetesError } from "./kubernetes-error.js";

/** A kind of object, and where the API server has it. */
export interface KubernetesResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, as in paths and in RBAC rules. */
  readonly resource: string;
}

/** Where objects are, in one namespace or, without, in all. */
export interface ResourcePlace {
  readonly resource: KubernetesResource;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: "status" | undefined;
}

export const APPLICATIONS: KubernetesResource = {
  group: "argoproj.io",
  version: "v1alpha1",
  resource: "applications",
};

export const IMAGE_UPDATERS: KubernetesResource = {
  group: "argocd-image-updater.argoproj.io",
  version: "v1alpha1",
  resource: "imageupdaters",
};

export const SECRETS: KubernetesResource = { group: "", version: "v1", resource: "secrets" };

export const CONFIG_MAPS: KubernetesResource = { group: "", version: "v1", resource: "configmaps" };

export const EVENTS: KubernetesResource = { group: "", version: "v1", resource: "events" };

export const LEASES: KubernetesResource = {
  group: "coordination.k8s.io",
  version: "v1",
  resource: "leases",
};

/**
 * The path of objects on the API server.
 *
 * @throws KubernetesError `bad-request` for a namespace or name that cannot be one (RFC 1123), so that
 * none leads to another path.
 */
export function resourcePath({ resource, namespace, name, subresource }: ResourcePlace): string {
  const { group, version } = resource;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespace === undefined ? "" : `/namespaces/${checked(namespace, LABEL)}`;
  const object = name === undefined ? "" : `/${checked(name, SUBDOMAIN)}`;
  const part = subresource === undefined ? "" : `/${subresource}`;
  return `${root}${scope}/${resource.resource}${object}${part}`;
}

/** `applications.argoproj.io`, or `secrets`. */
export function qualifiedResource({ resource, subresource }: ResourcePlace): string {
  const { group } = resource;
  const part = subresource === undefined ? "" : `/${subresource}`;
  return `${resource.resource}${part}${group === "" ? "" : `.${group}`}`;
}

/** Whether the text can be the name of a namespace. */
export function isNamespaceName(text: string): boolean {
  return LABEL.pattern.test(text);
}

const LABEL = {
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  what: "namespace: a namespace has at most 63 letters a-z, digits and inner hyphens",
};

const SUBDOMAIN = {
  pattern: /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
  what: "name: a name has at most 253 letters a-z, digits, and inner hyphens and dots",
};

function checked(text: string, { pattern, what }: typeof LABEL): string {
  if (pattern.test(text)) return text;
  throw new KubernetesError("bad-request", `${JSON.stringify(text)} is not a ${what}`);
}
