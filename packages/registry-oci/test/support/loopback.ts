import { createServer, type RequestListener, type Server } from "node:http";
import { RegistryError, type RegistryClient, type Repository } from "@image-updater/core";
import { createOciRegistry, type OciRegistrySettings } from "@image-updater/registry-oci";
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

export function repositoryOf({ host, url }: OciTestServer, path = "team/app"): Repository {
  return { host, path, apiUrl: url };
}

/** A client that does not try again unless told, and waits as long as a busy machine takes. */
export function createClient(settings: OciRegistrySettings = {}): RegistryClient {
  return createOciRegistry({ retries: 0, requestTimeoutMs: 600_000, ...settings });
}

/** What the promise was rejected with; a test that expects an error must get a `RegistryError`. */
export async function registryErrorOf(promise: Promise<unknown>): Promise<RegistryError> {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (RegistryError.is(outcome)) return outcome;
  throw new Error(`no RegistryError: ${String(outcome)}`, { cause: outcome });
}

/** The paths a registry was asked for, without queries. */
export function pathsOf({ requests }: OciTestServer): readonly string[] {
  return requests.map(({ method, path, status }) => `${method} ${path.split("?")[0]} ${status}`);
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
