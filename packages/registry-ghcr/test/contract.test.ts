import { registryClientContract } from "@image-updater/core/testing";
import { createGhcrRegistry } from "@image-updater/registry-ghcr";
import { startOciRegistry } from "@image-updater/registry-oci/testing";
import { describe, it } from "vitest";
import { repositoryAt } from "./support/loopback.js";

describe("registry-ghcr keeps the RegistryClient contract", () => {
  const clauses = registryClientContract({
    async create({ fixture, faults, paging }) {
      const server = await startOciRegistry({ fixture, faults, ...paging });
      return {
        client: createGhcrRegistry({ retries: 1, random: () => 0 }),
        repository: (path) => repositoryAt(server.url, path),
        async push(path, image): Promise<void> {
          server.push(path, image);
        },
        close: () => server.close(),
      };
    },
  });
  for (const { name, run } of clauses) it(name, run);
});
