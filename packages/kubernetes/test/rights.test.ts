import type { ApplicationReport } from "@image-updater/core";
import { describe, expect, it } from "vitest";
import {
  createLeaderElection,
  kubernetesApplicationClient,
  kubernetesApplications,
  kubernetesConfigMaps,
  kubernetesEvents,
  kubernetesImageUpdaters,
  kubernetesSecrets,
  type KubernetesApi,
} from "../src/index.js";
import type { KubernetesTestRule } from "../src/testing/index.js";
import { application, configMap, imageUpdater, secret } from "./support/objects.js";
import { rejection, startServer } from "./support/test-server.js";

const namespace = "argocd";
const objects = [
  application("web"),
  imageUpdater("main"),
  secret("creds", { token: "s3cret" }),
  configMap("conf", { key: "text" }),
];

const apps = { apiGroups: ["argoproj.io"], resources: ["applications"], namespaces: [namespace] };
const updaters = {
  apiGroups: ["argocd-image-updater.argoproj.io"],
  resources: ["imageupdaters"],
  namespaces: [namespace],
};
const core = (resources: readonly string[], verbs: readonly string[]): KubernetesTestRule => ({
  apiGroups: [""],
  resources,
  verbs,
  namespaces: [namespace],
});

interface Case {
  readonly what: string;
  /** Each with its verbs: the least that is enough. */
  readonly rules: readonly KubernetesTestRule[];
  readonly run: (api: KubernetesApi) => Promise<unknown>;
}

const failed: ApplicationReport = {
  application: { namespace, name: "web" },
  images: [],
  error: { name: "WriteBackError", code: "conflict", message: "no" },
  diagnostics: [],
};
const counters = {
  applications: 1,
  imagesConsidered: 0,
  imagesSkipped: 0,
  imagesUpdated: 0,
  errors: 1,
};

const cases: readonly Case[] = [
  {
    what: "listing Applications",
    rules: [{ ...apps, verbs: ["list"] }],
    run: (api) => kubernetesApplications({ api }).list(),
  },
  {
    what: "reading an Application",
    rules: [{ ...apps, verbs: ["get"] }],
    run: (api) => kubernetesApplicationClient({ api }).get({ namespace, name: "web" }),
  },
  {
    what: "patching an Application",
    rules: [{ ...apps, verbs: ["patch"] }],
    run: (api) =>
      kubernetesApplicationClient({ api }).patch({ namespace, name: "web" }, [
        { op: "replace", path: "/spec/source/path", value: "new" },
      ]),
  },
  {
    what: "reading a secret by name",
    rules: [{ ...core(["secrets"], ["get"]), resourceNames: ["creds"] }],
    run: (api) => kubernetesSecrets({ api }).read({ namespace, name: "creds", key: "token" }),
  },
  {
    what: "listing secrets",
    rules: [core(["secrets"], ["list"])],
    run: (api) => kubernetesSecrets({ api }).list({ namespace, labels: { a: "b" } }),
  },
  {
    what: "reading a config map by name",
    rules: [{ ...core(["configmaps"], ["get"]), resourceNames: ["conf"] }],
    run: (api) => kubernetesConfigMaps({ api }).read({ namespace, name: "conf", key: "key" }),
  },
  {
    what: "following a config map by name",
    rules: ["list", "watch"].map((verb) => ({
      ...core(["configmaps"], [verb]),
      resourceNames: ["conf"],
    })),
    run: (api) =>
      followOnce(api, (settings, options) =>
        kubernetesConfigMaps(settings).watch({ namespace, name: "conf" }, options),
      ),
  },
  {
    what: "following Applications",
    rules: ["list", "watch"].map((verb) => ({ ...apps, verbs: [verb] })),
    run: (api) =>
      followOnce(api, (settings, options) => kubernetesApplications(settings).watch(options)),
  },
  {
    what: "following ImageUpdater resources",
    rules: ["list", "watch"].map((verb) => ({ ...updaters, verbs: [verb] })),
    run: (api) =>
      followOnce(api, (settings, options) => kubernetesImageUpdaters(settings).watch(options)),
  },
  {
    what: "writing the status of an ImageUpdater",
    rules: [
      { ...updaters, verbs: ["get"] },
      { ...updaters, resources: ["imageupdaters/status"], verbs: ["update"] },
    ],
    run: (api) =>
      kubernetesImageUpdaters({ api }).writeStatus({ namespace, name: "main", status: { a: 1 } }),
  },
  {
    what: "recording events",
    rules: [{ ...apps, verbs: ["get"] }, core(["events"], ["create"]), core(["events"], ["patch"])],
    async run(api): Promise<void> {
      const events = kubernetesEvents({ api });
      for (const _ of [1, 2]) {
        const result = await events.record({ counters, applications: [failed] });
        if (result.failed[0] !== undefined) throw new Error(result.failed[0].message);
      }
    },
  },
  {
    what: "electing a leader",
    rules: ["get", "create", "update"].map((verb) => ({
      apiGroups: ["coordination.k8s.io"],
      resources: ["leases"],
      verbs: [verb],
      namespaces: [namespace],
    })),
    async run(api): Promise<void> {
      const controller = new AbortController();
      let problem: Error | undefined;
      const onError = (error: unknown): void => {
        if (error instanceof Error) problem = error;
        controller.abort();
      };
      const settings = { api, namespace, name: "leader", identity: "a", onError };
      await createLeaderElection(settings).run(async () => undefined, controller);
      if (problem !== undefined) throw problem;
    },
  },
];

/** Follows until the server ends the first watch; throws what a watch would recover from. */
async function followOnce(
  api: KubernetesApi,
  start: (
    settings: { readonly api: KubernetesApi; readonly onError: (error: Error) => void },
    options: { readonly signal: AbortSignal },
  ) => AsyncIterable<unknown>,
): Promise<void> {
  const controller = new AbortController();
  let problem: Error | undefined;
  const onError = (error: Error): void => {
    problem ??= error;
    controller.abort();
  };
  const short: KubernetesApi = {
    ...api,
    async *watch(request) {
      const query = { ...request.query, timeoutSeconds: "1" };
      for await (const event of api.watch({ ...request, query })) {
        if (event.type === "BOOKMARK") controller.abort();
        yield event;
      }
    },
  };
  const { signal } = controller;
  for await (const _ of start({ api: short, onError }, { signal }));
  if (problem !== undefined) throw problem;
}

describe("the least rights", () => {
  it.each(cases)("are enough for $what", async ({ rules, run }) => {
    const { api } = await startServer({ objects, users: [{ token: "test-token", rules }] });
    await run(api);
  });

  const withoutOne = cases.flatMap(({ what, rules, run }) =>
    rules.map((missing) => ({
      what,
      verb: missing.verbs?.join() ?? "",
      resource: missing.resources?.join() ?? "",
      rules: rules.filter((rule) => rule !== missing),
      run,
    })),
  );

  it.each(withoutOne)(
    "for $what include $verb of $resource, and the error says so",
    async ({ verb, resource, rules, run }) => {
      const { api } = await startServer({ objects, users: [{ token: "test-token", rules }] });
      const error = await rejection(run(api));
      expect(String(error)).toContain(`resources: ["${resource}"], verbs: ["${verb}"]`);
    },
  );
});
