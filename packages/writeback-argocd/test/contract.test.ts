import { applicationClientContract } from "@image-updater/core/testing";
import { createArgoCdApiClient } from "@image-updater/writeback-argocd";
import {
  argoCdWriteBackContract,
  startArgoCdApi,
  type ArgoCdApiServer,
} from "@image-updater/writeback-argocd/testing";
import { afterEach, describe, it } from "vitest";
import { apiApplications, memoryApplications } from "./support/applications.js";

const WEB = {
  metadata: { name: "web", namespace: "argocd" },
  spec: { project: "default", source: { repoURL: "https://git.example.com", path: "apps/web" } },
};

const servers: ArgoCdApiServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe.each([
  ["as it is", { applicationNamespaces: ["elsewhere"] }],
  ["that once was", { testFailure: "invalid-argument", applicationNamespaces: ["elsewhere"] }],
] as const)("the API client keeps the ApplicationClient contract, server %s", (_title, options) => {
  const clauses = applicationClientContract({
    async create() {
      const server = await startArgoCdApi({ applications: [WEB], ...options });
      servers.push(server);
      return createArgoCdApiClient({ url: server.url, token: "test-token", allowHttp: true });
    },
  });
  for (const { name, run } of clauses) it(name, run);
});

describe.each([
  ["applications in memory", memoryApplications],
  ["the Argo CD API", apiApplications],
] as const)("the write-back keeps its promises over %s", (_title, create) => {
  const clauses = argoCdWriteBackContract({ create: (manifests) => create(manifests) });
  for (const { name, run } of clauses) it(name, run);
});
