import {
  kubernetesApi,
  kubernetesApplicationClient,
  type KubernetesApi,
} from "@image-updater/kubernetes";
import { startKubernetesApi, type KubernetesTestApi } from "@image-updater/kubernetes/testing";
import {
  argoCdWriteBackContract,
  type ApplicationsUnderTest,
  type Manifest,
} from "@image-updater/writeback-argocd/testing";
import { describe, it } from "vitest";

describe("the write-back to Applications keeps its promises on a cluster", () => {
  const clauses = argoCdWriteBackContract({ create: applicationsOnCluster });
  for (const { name, run } of clauses) it(name, run);
});

/** Applications of an API server; somebody else writes to them past us, with all rights. */
async function applicationsOnCluster(manifests: readonly object[]): Promise<ApplicationsUnderTest> {
  const server = await startKubernetesApi({ objects: manifests });
  const nameOf = (name: string) => ({ kind: "Application", namespace: "argocd", name });
  return {
    client: kubernetesApplicationClient({ api: connect(server) }),
    read: async (name) => server.get(nameOf(name)),
    edit: async (name, change) =>
      server.put(change(server.get(nameOf(name)) as unknown as Manifest)),
    close: () => server.close(),
  };
}

function connect({ url }: KubernetesTestApi): KubernetesApi {
  return kubernetesApi({
    getCurrentCluster: () => ({ server: url }),
    applyToHTTPSOptions: async (options) => {
      Object.assign(options.headers ?? {}, { authorization: "Bearer test-token" });
    },
  });
}
