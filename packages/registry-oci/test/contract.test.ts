import { registryClientContract } from "@image-updater/core/testing";
import { createOciRegistry } from "@image-updater/registry-oci";
import { startOciRegistry } from "@image-updater/registry-oci/testing";
import { describe, it } from "vitest";
import { repositoryOf } from "./support/loopback.js";

describe("registry-oci keeps the RegistryClient contract", () => {
  const clauses = registryClientContract({
    async create({ fixture, faults, paging }) {
      const server = await startOciRegistry({ fixture, faults, ...paging });
      return {
        client: createOciRegistry({ retries: 1, random: () => 0 }),
        repository: (path) => repositoryOf(server, path),
        async push(path, image): Promise<void> {
          server.push(path, image);
        },
        close: () => server.close(),
      };
    },
    aborted: AbortSignal.abort(),
  });
  for (const { name, run } of clauses) it(name, run);
});
