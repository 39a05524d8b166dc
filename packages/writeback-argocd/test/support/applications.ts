import { ApplicationError, type ApplicationClient, type Clock } from "@image-updater/core";
import { inMemoryApplications } from "@image-updater/core/testing";
import { createArgoCdApiClient } from "@image-updater/writeback-argocd";
import {
  startArgoCdApi,
  type ApplicationsUnderTest,
  type ArgoCdApiOptions,
  type ArgoCdApiServer,
  type Manifest,
} from "@image-updater/writeback-argocd/testing";

/** Applications in memory. */
export async function memoryApplications(
  manifests: readonly object[],
): Promise<ApplicationsUnderTest> {
  const { client } = inMemoryApplications(manifests);
  const named = (name: string): { name: string; namespace: string } => ({
    name,
    namespace: "argocd",
  });
  return {
    client,
    read: (name) => client.get(named(name)),
    edit: (name, change) => editMemory(client, named(name), change),
    close: () => Promise.resolve(),
  };
}

/** Between reading and writing somebody else may be faster. */
async function editMemory(
  client: ApplicationClient,
  name: { readonly name: string; readonly namespace: string },
  change: (manifest: Manifest) => object,
): Promise<void> {
  const manifest = (await client.get(name)) as Manifest;
  const version = manifest.metadata["resourceVersion"];
  try {
    await client.patch(name, [
      { op: "test", path: "/metadata/resourceVersion", value: version },
      { op: "replace", path: "", value: change(manifest) },
    ]);
  } catch (error) {
    if (!ApplicationError.is(error) || error.code !== "conflict") throw error;
    await editMemory(client, name, change);
  }
}

/** Applications behind an API server on loopback. */
export async function apiApplications(
  manifests: readonly object[],
  options: ArgoCdApiOptions = {},
): Promise<ApplicationsUnderTest & { readonly server: ArgoCdApiServer }> {
  const server = await startArgoCdApi({ applications: manifests, ...options });
  const client = createArgoCdApiClient({ url: server.url, token: "test-token", allowHttp: true });
  return {
    server,
    client,
    read: async (name) => server.application({ namespace: "argocd", name }),
    edit: async (name, change) =>
      server.edit({ namespace: "argocd", name }, (manifest) => ({
        ...change(manifest as unknown as Manifest),
      })),
    close: () => server.close(),
  };
}

/** A clock that only pauses move, and that never ends a call. */
export function steppingClock(): Clock & { readonly pauses: number[]; advance(ms: number): void } {
  let time = Date.parse("2024-01-01T00:00:00Z");
  const pauses: number[] = [];
  return {
    pauses,
    advance: (ms) => {
      time += ms;
    },
    now: () => new Date(time),
    delay: async (ms, signal) => {
      // The timer of a call ends with the call.
      if (ms >= 10_000) {
        await new Promise<void>((resolve) => {
          signal?.addEventListener("abort", () => resolve(), { once: true });
        });
        return;
      }
      pauses.push(ms);
      time += ms;
    },
  };
}

/** The client, with all calls counted. */
export function counting(client: ApplicationClient): ApplicationClient & {
  readonly calls: { get: number; patch: number };
} {
  const calls = { get: 0, patch: 0 };
  return {
    ...client,
    calls,
    get: (...given) => {
      calls.get += 1;
      return client.get(...given);
    },
    patch: (...given) => {
      calls.patch += 1;
      return client.patch(...given);
    },
  };
}
