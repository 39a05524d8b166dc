import { ApplicationError } from "../errors/application-error.js";
import { EditError } from "../errors/edit-error.js";
import { summarizeError } from "../errors/image-updater-error.js";
import { WriteBackError } from "../errors/write-back-error.js";
import { applyJsonPatch } from "../overrides/apply-json-patch.js";
import { renderApplicationPatch } from "../overrides/application-patch.js";
import type {
  ApplicationClient,
  ApplicationSource,
  JsonPatchOperation,
} from "../ports/application-client.js";
import type { ReadResult, WriteBackTarget, WriteResult } from "../ports/write-back-target.js";

/** Applications of a test: a source and a client in one. */
export interface InMemoryApplications {
  readonly source: ApplicationSource;
  readonly client: ApplicationClient;
}

/**
 * Holds Application manifests by namespace (default `argocd`) and name.
 *
 * As on a cluster, each has a resource version that every patch raises, and a patch that fails its
 * `test` is a conflict.
 */
export function inMemoryApplications(manifests: readonly object[]): InMemoryApplications {
  const byName = new Map<string, unknown>(
    manifests.map((manifest) => [keyOf(metadataOf(manifest)), withVersion(manifest, undefined)]),
  );

  function find(wanted: ApplicationName): unknown {
    const key = keyOf(wanted);
    const manifest = byName.get(key);
    if (manifest !== undefined) return manifest;
    throw new ApplicationError("not-found", `there is no Application ${key}`, { application: key });
  }

  return {
    source: {
      contract: "application-source/1",
      list: async () => [...byName.values()],
    },
    client: {
      contract: "application-client/1",
      get: async (name) => find(name),
      async patch(name, patch): Promise<unknown> {
        const next = patched(keyOf(name), find(name), patch);
        byName.set(keyOf(name), next);
        return next;
      },
    },
  };
}

/** A `WriteBackTarget` for the `argocd` method over any client, without retries. */
export function inMemoryArgoCd(client: ApplicationClient): WriteBackTarget {
  return {
    contract: "write-back-target/1",
    accepts: ({ method }) => method === "argocd",
    read: async (reads) => reads.map((): ReadResult => ({ kind: "read", files: new Map() })),
    write: (changes, options) =>
      Promise.all(
        changes.map(async ({ application, edits }): Promise<WriteResult> => {
          try {
            const target = keyOf(application);
            if (options?.signal?.aborted === true) {
              throw new WriteBackError("cancelled", `nothing is written to ${target}`, { target });
            }
            const manifest = await client.get(application);
            const patch = edits.flatMap((edit) =>
              edit.kind === "application-patch"
                ? renderApplicationPatch({ manifest, source: edit.source }, edit.changes)
                : [],
            );
            if (patch.length === 0) return { kind: "unchanged" };
            const next = await client.patch(application, patch);
            return { kind: "written", revision: metadataOf(next).resourceVersion, paths: [] };
          } catch (error) {
            return { kind: "failed", error: summarizeError(error) };
          }
        }),
      ),
  };
}

interface ApplicationName {
  readonly namespace: string;
  readonly name: string;
}

function keyOf({ namespace, name }: ApplicationName): string {
  return `${namespace}/${name}`;
}

function patched(
  application: string,
  manifest: unknown,
  patch: readonly JsonPatchOperation[],
): unknown {
  try {
    return withVersion(applyJsonPatch(manifest, patch), metadataOf(manifest).resourceVersion);
  } catch (cause) {
    if (!EditError.is(cause)) throw cause;
    const message = `Application ${application} changed meanwhile`;
    throw new ApplicationError("conflict", message, { application, cause });
  }
}

/** The manifest with the version after `last`; with its own, or the first, when there was none. */
function withVersion(manifest: unknown, last: string | undefined): unknown {
  const { resourceVersion } = metadataOf(manifest);
  const version = last === undefined ? resourceVersion : String((Number(last) || 0) + 1);
  const metadata = { ...memberOf(manifest, "metadata"), resourceVersion: version };
  return { ...objectOf(manifest), metadata };
}

function metadataOf(manifest: unknown): ApplicationName & { readonly resourceVersion: string } {
  const metadata = memberOf(manifest, "metadata");
  const text = (key: string, absent: string): string => {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    return typeof value === "string" && value !== "" ? value : absent;
  };
  return {
    namespace: text("namespace", "argocd"),
    name: text("name", ""),
    resourceVersion: text("resourceVersion", "1"),
  };
}

function memberOf(value: unknown, key: string): Readonly<Record<string, unknown>> {
  return objectOf(objectOf(value)[key]);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
