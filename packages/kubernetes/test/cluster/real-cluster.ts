import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { kubernetesApi, type KubernetesApi } from "../../src/index.js";
import { kubeConfigOf } from "../support/kube-config.js";

/** A cluster that tests may write to. */
export interface RealCluster {
  readonly api: KubernetesApi;
  /** Makes a namespace, which goes when the cluster is left. */
  createNamespace(): Promise<string>;
  /** Removes what was made: the namespaces, and the definitions that were not there before. */
  leave(): Promise<void>;
}

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const NAMESPACES = "/api/v1/namespaces";

/** Comes to the API server of a kubeconfig, and defines the custom resources that it lacks. */
export async function enterCluster(kubeconfig: string): Promise<RealCluster> {
  const api = kubernetesApi(kubeConfigOf(readFileSync(kubeconfig, "utf8")));
  const made: string[] = [];
  for (const definition of [applicationDefinition, imageUpdaterDefinition]) {
    const { group, names } = definition.spec;
    const path = `${DEFINITIONS}/${definition.metadata.name}`;
    if (await isMissing(api, path)) {
      await expectStatus(api.request({ method: "POST", path: DEFINITIONS, body: definition }), 201);
      made.push(path);
      await untilEstablished(api, path);
      await untilServed(api, `/apis/${group}/v1alpha1/${names.plural}`);
    }
  }
  return {
    api,
    async createNamespace(): Promise<string> {
      const name = `image-updater-test-${randomBytes(4).toString("hex")}`;
      const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
      await expectStatus(api.request({ method: "POST", path: NAMESPACES, body }), 201);
      made.unshift(`${NAMESPACES}/${name}`);
      return name;
    },
    async leave(): Promise<void> {
      for (const path of made) await api.request({ method: "DELETE", path });
    },
  };
}

async function expectStatus(
  request: Promise<{ readonly status: number; readonly body: unknown }>,
  expected: number,
): Promise<void> {
  const { status, body } = await request;
  if (status !== expected) throw new Error(`status ${status}: ${JSON.stringify(body)}`);
}

/** Whether there is no such definition; one that is being deleted is waited for. */
async function isMissing(api: KubernetesApi, path: string): Promise<boolean> {
  for (;;) {
    const { status, body } = await api.request({ method: "GET", path });
    if (status === 404) return true;
    const { metadata } = body as { metadata?: { deletionTimestamp?: string } };
    if (metadata?.deletionTimestamp === undefined) return false;
    await delay(100);
  }
}

/** An established definition is served a moment later. */
async function untilServed(api: KubernetesApi, path: string): Promise<void> {
  while ((await api.request({ method: "GET", path })).status !== 200) await delay(100);
}

async function untilEstablished(api: KubernetesApi, path: string): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const { body } = await api.request({ method: "GET", path });
    // A server that has just made it says null.
    const conditions =
      (body as { status?: { conditions?: readonly Condition[] | null } }).status?.conditions ?? [];
    if (conditions.some(({ type, status }) => type === "Established" && status === "True")) return;
    await delay(500);
  }
  throw new Error(`${path} was not established`);
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

interface Names {
  readonly [key: string]: string;
  readonly plural: string;
}

interface Definition {
  readonly [key: string]: unknown;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly [key: string]: unknown; readonly group: string; readonly names: Names };
}

function definitionOf(names: {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly schema: object;
  readonly subresources?: object;
}): Definition {
  const { group, plural, kind, schema, subresources = {} } = names;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: "v1alpha1",
          served: true,
          storage: true,
          subresources,
          schema: { openAPIV3Schema: { type: "object", properties: schema } },
        },
      ],
    },
  };
}

const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true } as const;

/** As much of Argo CD's definition as the checks need. */
const applicationDefinition = definitionOf({
  group: "argoproj.io",
  plural: "applications",
  kind: "Application",
  schema: {
    spec: { ...anything, properties: { project: { type: "string" } } },
    status: anything,
    operation: anything,
  },
});

const imageUpdaterDefinition = definitionOf({
  group: "argocd-image-updater.argoproj.io",
  plural: "imageupdaters",
  kind: "ImageUpdater",
  schema: { spec: anything, status: anything },
  subresources: { status: {} },
});
