import type { KubernetesObject } from "./kubernetes-object.js";

/** A kind of object that the server knows. */
export interface KubernetesTestResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, as in paths: `applications`. */
  readonly resource: string;
  readonly kind: string;
  /** Has a status sub-resource: status is written there, and only there. */
  readonly hasStatus?: boolean | undefined;
  /** Counts changes of its spec in `metadata.generation`, as custom resources do. */
  readonly hasGeneration?: boolean | undefined;
  /** What is wrong with an object, as `spec.project: Required value`; `undefined` when nothing is. */
  readonly findFault?: ((object: KubernetesObject) => string | undefined) | undefined;
}

/** `group/version`, or `version` for the core group. */
export function apiVersionOf({ group, version }: KubernetesTestResource): string {
  return group === "" ? version : `${group}/${version}`;
}

/** `applications.argoproj.io`, or `secrets`. */
export function qualifiedName({ group, resource }: KubernetesTestResource): string {
  return group === "" ? resource : `${resource}.${group}`;
}

/**
 * What this package works with, as a cluster with Argo CD and Argo CD Image Updater has it.
 *
 * The Application has no status sub-resource, as in Argo CD's own definition.
 */
export const KNOWN_RESOURCES: readonly KubernetesTestResource[] = [
  {
    group: "argoproj.io",
    version: "v1alpha1",
    resource: "applications",
    kind: "Application",
    hasGeneration: true,
    findFault: ({ spec }) => (isObject(spec) ? wrongProject(spec) : "spec: Required value"),
  },
  {
    group: "argocd-image-updater.argoproj.io",
    version: "v1alpha1",
    resource: "imageupdaters",
    kind: "ImageUpdater",
    hasStatus: true,
    hasGeneration: true,
    findFault: ({ spec }) => (isObject(spec) ? missingReferences(spec) : undefined),
  },
  { group: "", version: "v1", resource: "secrets", kind: "Secret" },
  { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap" },
  { group: "", version: "v1", resource: "events", kind: "Event", findFault: foreignInvolvedObject },
  { group: "coordination.k8s.io", version: "v1", resource: "leases", kind: "Lease" },
];

/** Fields whose time has to be written with six digits of a second, or the server cannot read them. */
export const MICRO_TIMES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Lease: [
    ["spec", "acquireTime"],
    ["spec", "renewTime"],
  ],
};

function wrongProject({ project }: Readonly<Record<string, unknown>>): string | undefined {
  if (project === undefined || typeof project === "string") return undefined;
  return 'spec.project: Invalid value: spec.project in body must be of type string: "integer"';
}

function missingReferences({
  applicationRefs,
}: Readonly<Record<string, unknown>>): string | undefined {
  if (Array.isArray(applicationRefs) && applicationRefs.length > 0) return undefined;
  return "spec.applicationRefs: Required value";
}

function foreignInvolvedObject({ involvedObject, metadata }: KubernetesObject): string | undefined {
  const namespace = isObject(involvedObject) ? involvedObject["namespace"] : undefined;
  if (namespace === metadata.namespace) return undefined;
  return `involvedObject.namespace: Invalid value: "${String(namespace)}": does not match event.namespace`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
