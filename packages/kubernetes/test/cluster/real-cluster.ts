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
    const path = `${DEFINITIONS}/${definition.metadata.name}`;
    const { status } = await api.request({ method: "GET", path });
    if (status === 404) {
      await expectStatus(api.request({ method: "POST", path: DEFINITIONS, body: definition }), 201);
      made.push(path);
      await untilEstablished(api, path);
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

interface Definition {
  readonly [key: string]: unknown;
  readonly metadata: { readonly name: string };
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
