import { isDeepStrictEqual } from "node:util";
import { ApplicationError, CredentialError, type UpdateReport } from "@image-updater/core";
import type { ContractCase } from "@image-updater/core/testing";
import {
  createLeaderElection,
  kubernetesApplicationClient,
  kubernetesApplications,
  kubernetesConfigMaps,
  kubernetesEvents,
  KubernetesError,
  kubernetesImageUpdaters,
  kubernetesSecrets,
  type KubernetesApi,
} from "../../src/index.js";
import { application, configMap, imageUpdater, namesOf, secret } from "../support/objects.js";

/** An API server with the custom resources, and an empty namespace of it. */
export interface ClusterHarness {
  readonly api: KubernetesApi;
  readonly namespace: string;
}

/** What this package needs of every API server, the real one and the one for tests. */
export function clusterChecks(create: () => Promise<ClusterHarness>): readonly ContractCase[] {
  const check = (name: string, run: (harness: ClusterHarness) => Promise<void>): ContractCase => ({
    name,
    run: async () => run(await create()),
  });
  return [
    check("lists Applications over pages, by label and by name", listApplications),
    check("follows Applications as they come, change their labels, and go", followApplications),
    check("applies a patch, and refuses one whose test fails", patchApplication),
    check("tells an object that is not valid from a conflict", refuseInvalid),
    check("reads secrets, and refuses what is not text", readSecrets),
    check("reads a config map, and again when it changes", followConfigMap),
    check("writes the status of an ImageUpdater, and nothing else of it", writeStatus),
    check("records an event on an Application, and counts it up", recordEvents),
    check("hands a lease from one holder to the next", passLease),
  ];
}

async function listApplications({ api, namespace }: ClusterHarness): Promise<void> {
  const labels = { team: "web" };
  for (const name of ["a-one", "a-two", "a-three", "b-four"]) {
    await put(api, "applications", application(name, { namespace, labels }));
  }
  await put(api, "applications", application("a-five", { namespace }));
  const settings = { api, namespaces: [namespace], pageSize: 2 };
  same(
    namesOf(await kubernetesApplications(settings).list()),
    ["a-five", "a-one", "a-three", "a-two", "b-four"].map((name) => `${namespace}/${name}`),
  );
  const some = kubernetesApplications({ ...settings, labelSelector: "team=web", names: ["a-*"] });
  same(
    namesOf(await some.list()),
    ["a-one", "a-three", "a-two"].map((name) => `${namespace}/${name}`),
  );
}

async function followApplications({ api, namespace }: ClusterHarness): Promise<void> {
  const controller = new AbortController();
  const source = kubernetesApplications({ api, namespaces: [namespace], labelSelector: "team" });
  const changes = source.watch({ signal: controller.signal })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => (await changes.next()).value;
  try {
    same(await next(), { kind: "listed", manifests: [] });
    await put(api, "applications", application("web", { namespace, labels: { team: "web" } }));
    const created = (await next()) as { readonly kind: string; readonly manifest: unknown };
    same([created.kind, namesOf([created.manifest])], ["changed", [`${namespace}/web`]]);
    await kubernetesApplicationClient({ api }).patch({ namespace, name: "web" }, [
      { op: "remove", path: "/metadata/labels/team" },
    ]);
    same(await next(), { kind: "removed", namespace, name: "web" });
  } finally {
    controller.abort();
  }
  same((await changes.next()).done, true);
}

async function patchApplication({ api, namespace }: ClusterHarness): Promise<void> {
  await put(api, "applications", application("web", { namespace }));
  const client = kubernetesApplicationClient({ api });
  const name = { namespace, name: "web" };
  const path = "/spec/source/path";
  const patched = await client.patch(name, [
    { op: "test", path, value: "apps/web" },
    { op: "replace", path, value: "apps/new" },
  ]);
  same(JSON.stringify(patched).includes("apps/new"), true);
  const again = await rejection(
    client.patch(name, [
      { op: "test", path, value: "apps/web" },
      { op: "replace", path, value: "apps/other" },
    ]),
  );
  same(ApplicationError.is(again) && again.code, "conflict");
  const stale = await rejection(
    client.patch(name, [
      { op: "test", path: "/metadata/resourceVersion", value: "1" },
      { op: "replace", path, value: "apps/other" },
    ]),
  );
  same(ApplicationError.is(stale) && stale.code, "conflict");
  same(JSON.stringify(await client.get(name)).includes("apps/new"), true);
}

async function refuseInvalid({ api, namespace }: ClusterHarness): Promise<void> {
  await put(api, "applications", application("web", { namespace }));
  const client = kubernetesApplicationClient({ api });
  const patch = [{ op: "replace", path: "/spec/project", value: 42 }] as const;
  const error = await rejection(client.patch({ namespace, name: "web" }, patch));
  if (!ApplicationError.is(error)) throw new Error(`not an ApplicationError: ${String(error)}`);
  same([error.code, error.message.includes("spec.project")], ["rejected", true]);
}

async function readSecrets({ api, namespace }: ClusterHarness): Promise<void> {
  const labels = { kind: "test" };
  const fields = { token: "s3cret-ü", ".dockerconfigjson": "{}" };
  await put(api, "secrets", secret("creds", fields, { namespace, labels }));
  const binary = Buffer.from([0xff, 0xfe, 0x00]).toString("base64");
  await put(api, "secrets", {
    ...secret("binary", {}, { namespace, labels }),
    data: { token: binary },
  });
  const secrets = kubernetesSecrets({ api, namespaces: [namespace] });
  same(await secrets.read({ namespace, name: "creds", key: "token" }), "s3cret-ü");
  const error = await rejection(secrets.read({ namespace, name: "binary", key: "token" }));
  same(CredentialError.is(error) && error.code, "invalid-secret");
  const found = await secrets.list({ namespace, labels });
  same(
    found.map(({ name, data }) => [name, [...data.keys()].toSorted()]),
    [
      ["binary", []],
      ["creds", [".dockerconfigjson", "token"]],
    ],
  );
}

async function followConfigMap({ api, namespace }: ClusterHarness): Promise<void> {
  const name = "argocd-image-updater-config";
  await put(api, "configmaps", configMap(name, { "registries.conf": "one" }, namespace));
  await put(api, "configmaps", configMap("other", { "registries.conf": "other" }, namespace));
  const configMaps = kubernetesConfigMaps({ api });
  same(await configMaps.read({ namespace, name, key: "registries.conf" }), "one");
  const controller = new AbortController();
  const { signal } = controller;
  const changes = configMaps.watch({ namespace, name }, { signal })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value } = await changes.next();
    return value?.get("registries.conf");
  };
  same(await next(), "one");
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const body = { data: { "registries.conf": "two" } };
  const contentType = "application/merge-patch+json";
  await api.request({ method: "PATCH", path, body, contentType });
  same(await next(), "two");
  await api.request({ method: "DELETE", path });
  same(await next(), undefined);
  controller.abort();
  same((await changes.next()).done, true);
}

async function writeStatus({ api, namespace }: ClusterHarness): Promise<void> {
  await put(api, "imageupdaters", imageUpdater("main", namespace));
  const updaters = kubernetesImageUpdaters({ api, namespaces: [namespace] });
  const write = { namespace, name: "main", status: { imagesManaged: 3, conditions: [] } };
  same(await updaters.writeStatus(write), "written");
  same(await updaters.writeStatus(write), "unchanged");
  const [manifest] = await updaters.list();
  const { status, metadata } = manifest as {
    readonly status: unknown;
    readonly metadata: { readonly generation: number; readonly resourceVersion: string };
  };
  same([status, metadata.generation], [write.status, 1]);
  const { resourceVersion } = metadata;
  const next = { ...write, status: { imagesManaged: 4 } };
  same(await updaters.writeStatus({ ...next, resourceVersion }), "written");
  const error = await rejection(updaters.writeStatus({ ...write, resourceVersion }));
  same(KubernetesError.is(error) && error.code, "conflict");
}

async function recordEvents({ api, namespace }: ClusterHarness): Promise<void> {
  await put(api, "applications", application("web", { namespace }));
  const events = kubernetesEvents({ api });
  const error = { name: "WriteBackError", code: "unavailable", message: "no route to the server" };
  const report: UpdateReport = {
    counters: {
      applications: 1,
      imagesConsidered: 0,
      imagesSkipped: 0,
      imagesUpdated: 0,
      errors: 1,
    },
    applications: [{ application: { namespace, name: "web" }, images: [], error, diagnostics: [] }],
  };
  same(await events.record(report), { recorded: 1, failed: [] });
  same(await events.record(report), { recorded: 1, failed: [] });
  const path = `/api/v1/namespaces/${namespace}/events`;
  const { body } = await api.request({ method: "GET", path });
  const { items } = body as {
    readonly items: readonly {
      readonly reason: string;
      readonly count: number;
      readonly involvedObject: { readonly name: string };
    }[];
  };
  same(
    items.map(({ reason, count, involvedObject }) => [reason, count, involvedObject.name]),
    [["ImageUpdateFailed", 2, "web"]],
  );
}

async function passLease({ api, namespace }: ClusterHarness): Promise<void> {
  const told: string[] = [];
  const name = "leader";
  const times = { leaseDurationMs: 3000, renewDeadlineMs: 2000, retryPeriodMs: 100 };
  const first = createLeaderElection({ api, namespace, name, identity: "first", ...times });
  const second = createLeaderElection({ api, namespace, name, identity: "second", ...times });
  const stop = new AbortController();
  let secondRun: Promise<void> | undefined;
  await first.run(async () => {
    secondRun = second.run(
      async () => {
        told.push("second");
        stop.abort();
      },
      { signal: stop.signal },
    );
    told.push("first");
  });
  await secondRun;
  same(told, ["first", "second"]);
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
  const { body } = await api.request({ method: "GET", path });
  const { spec } = body as { readonly spec: Readonly<Record<string, unknown>> };
  same([spec["holderIdentity"], spec["leaseTransitions"]], ["", 1]);
}

async function put(api: KubernetesApi, resource: string, object: object): Promise<void> {
  const { apiVersion, metadata } = object as {
    readonly apiVersion: string;
    readonly metadata: { readonly namespace: string };
  };
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const path = `${root}/namespaces/${metadata.namespace}/${resource}`;
  const { status, body } = await api.request({ method: "POST", path, body: object });
  if (status !== 201) throw new Error(`${path}: status ${status}: ${JSON.stringify(body)}`);
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) throw new Error("it was not rejected");
  return error;
}

function same(actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}
