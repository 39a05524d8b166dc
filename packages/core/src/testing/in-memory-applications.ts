import { ApplicationError } from "../errors/application-error.js";
import { EditError } from "../errors/edit-error.js";
import { summarizeError } from "../errors/image-updater-error.js";
import { WriteBackError } from "../errors/write-back-error.js";
import { applyJsonPatch } from "../overrides/apply-json-patch.js";
import { renderApplicationPatch } from "../overrides/application-patch.js";
import type {
  ApplicationChange,
  ApplicationClient,
  ApplicationSource,
  JsonPatchOperation,
} from "../ports/application-client.js";
import type { CancelSignal } from "../ports/cancel-signal.js";
import type { ReadResult, WriteBackTarget, WriteResult } from "../ports/write-back-target.js";
import { onAbort } from "../update/on-abort.js";

/** Applications of a test: a source and a client in one, and a hand to change them. */
export interface InMemoryApplications {
  readonly source: ApplicationSource;
  readonly client: ApplicationClient;
  /** Creates the Application, or replaces it whole, as somebody else would. */
  put(manifest: object): void;
  remove(name: ApplicationName): void;
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

  const watchers = new Set<(change: ApplicationChange) => void>();
  const store = (key: string, manifest: unknown): unknown => {
    byName.set(key, manifest);
    for (const tell of watchers) tell({ kind: "changed", manifest });
    return manifest;
  };

  function find(wanted: ApplicationName): unknown {
    const key = keyOf(wanted);
    const manifest = byName.get(key);
    if (manifest !== undefined) return manifest;
    throw new ApplicationError("not-found", `there is no Application ${key}`, { application: key });
  }

  return {
    source: {
      contract: "application-source/1",
      async list(options): Promise<readonly unknown[]> {
        if (options?.signal?.aborted === true) throw cancelled();
        return [...byName.values()];
      },
      watch: (options) =>
        watchChanges(watchers, options?.signal, () => ({
          kind: "listed",
          manifests: [...byName.values()],
        })),
    },
    client: {
      contract: "application-client/1",
      get: async (name) => find(name),
      async patch(name, patch): Promise<unknown> {
        const next = patched(keyOf(name), find(name), patch);
        return store(keyOf(name), next);
      },
    },
    put(manifest): void {
      const key = keyOf(metadataOf(manifest));
      const last = byName.get(key);
      const version = last === undefined ? undefined : metadataOf(last).resourceVersion;
      store(key, withVersion(manifest, version));
    },
    remove({ namespace, name }): void {
      if (!byName.delete(keyOf({ namespace, name }))) return;
      for (const tell of watchers) tell({ kind: "removed", namespace, name });
    },
  };
}

// What a watcher is told, in order; nothing is missed between two looks.
async function* watchChanges(
  watchers: Set<(change: ApplicationChange) => void>,
  signal: CancelSignal | undefined,
  list: () => ApplicationChange,
): AsyncGenerator<ApplicationChange> {
  const waiting: ApplicationChange[] = [list()];
  let wake: (() => void) | undefined;
  const tell = (change: ApplicationChange): void => {
    waiting.push(change);
    wake?.();
  };
  watchers.add(tell);
  const isOver = (): boolean => signal?.aborted === true;
  const stopWaiting = onAbort(signal, () => wake?.());
  try {
    while (!isOver()) {
      const change = waiting.shift();
      if (change !== undefined) yield change;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stopWaiting();
    watchers.delete(tell);
  }
}

function cancelled(): ApplicationError {
  const application = "*";
  return new ApplicationError("cancelled", "the list of Applications was cancelled", {
    application,
  });
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
