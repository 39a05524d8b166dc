import { createServer, type RequestListener, type Server } from "node:http";
import { RegistryError, type Credential, type CredentialProvider } from "@image-updater/core";
import type { RegistryClient, Repository } from "@image-updater/core";
import { createGhcrRegistry, type GhcrRegistrySettings } from "@image-updater/registry-ghcr";
import {
  startGithubPackages,
  type GithubPackagesOptions,
  type GithubTestServer,
} from "@image-updater/registry-ghcr/testing";
import {
  startOciRegistry,
  type OciTestOptions,
  type OciTestServer,
} from "@image-updater/registry-oci/testing";
import { onTestFinished } from "vitest";

/** A registry that ends with the test. */
export async function startRegistry(options?: OciTestOptions): Promise<OciTestServer> {
  const server = await startOciRegistry(options);
  onTestFinished(() => server.close());
  return server;
}

/** GitHub's API, which ends with the test. */
export async function startApi(options?: GithubPackagesOptions): Promise<GithubTestServer> {
  const server = await startGithubPackages(options);
  onTestFinished(() => server.close());
  return server;
}

/** Any server on 127.0.0.1 that ends with the test; its base URL. */
export async function startServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => stop(server));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

/** A repository of ghcr.io that is served at `url`. */
export function repositoryAt(url: string, path = "acme/app", host = "ghcr.io"): Repository {
  return { host, path, apiUrl: url };
}

/** A client that does not try again unless told. */
export function createClient(settings: GhcrRegistrySettings = {}): RegistryClient {
  return createGhcrRegistry({ retries: 0, requestTimeoutMs: 600_000, ...settings });
}

export function always(credential: Credential): Pick<CredentialProvider, "forRepository"> {
  return { forRepository: async () => credential };
}

/** What the promise was rejected with; a test that expects an error must get a `RegistryError`. */
export async function registryErrorOf(promise: Promise<unknown>): Promise<RegistryError> {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (RegistryError.is(outcome)) return outcome;
  throw new Error(`no RegistryError: ${String(outcome)}`, { cause: outcome });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
