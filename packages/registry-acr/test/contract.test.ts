import { registryClientContract, type RegistryClientHarness } from "@image-updater/core/testing";
import { acrLogin, createAcrRegistry } from "@image-updater/registry-acr";
import { describe, it } from "vitest";
import {
  ENTERPRISE_HOST,
  LOGIN,
  PERSONAL_HOST,
  PERSONAL_SERVICE,
  credentialsOf,
  repositoryOf,
  startOpenApi,
  startRegistry,
} from "./support/acr.js";

const patience = { retries: 0 };

const withPassword: RegistryClientHarness = {
  async create({ fixture, faults, paging }) {
    const server = await startRegistry({ fixture, faults, ...paging });
    return {
      client: createAcrRegistry({ ...patience, credentials: acrLogin(LOGIN) }),
      repository: (path) => repositoryOf(server, ENTERPRISE_HOST, path),
      async push(path, image): Promise<void> {
        server.push(path, image);
      },
      close: () => server.close(),
    };
  },
};

function withAccessKey(
  host: string,
  service: string | undefined,
  tagTimes: boolean,
): RegistryClientHarness {
  return {
    async create({ fixture, faults, paging }) {
      const server = await startRegistry(
        { fixture, faults, ...paging },
        service === undefined ? {} : { service },
      );
      const openApi = await startOpenApi({ login: LOGIN });
      const credentials = credentialsOf(openApi);
      return {
        client: tagTimes
          ? createAcrRegistry({ ...patience, credentials, tagTimes: "openapi" })
          : createAcrRegistry({ ...patience, credentials }),
        repository: (path) => repositoryOf(server, host, path),
        async push(path, image): Promise<void> {
          server.push(path, image);
        },
        close: () => server.close(),
      };
    },
  };
}

describe.each([
  ["a fixed password", withPassword],
  ["an access key, Enterprise", withAccessKey(ENTERPRISE_HOST, undefined, false)],
  ["an access key, personal", withAccessKey(PERSONAL_HOST, PERSONAL_SERVICE, false)],
  ["an access key and tag times", withAccessKey(ENTERPRISE_HOST, undefined, true)],
])("registry-acr with %s keeps the RegistryClient contract", (_name, harness) => {
  for (const { name, run } of registryClientContract(harness)) it(name, run);
});
