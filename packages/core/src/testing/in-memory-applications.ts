import { ApplicationError } from "../errors/application-error.js";
import { summarizeError } from "../errors/image-updater-error.js";
import { applyJsonPatch } from "../overrides/apply-json-patch.js";
import { renderApplicationPatch } from "../overrides/application-patch.js";
import type { ApplicationClient, ApplicationSource } from "../ports/application-client.js";
import type { ReadResult, WriteBackTarget, WriteResult } from "../ports/write-back-target.js";

/** Applications of a test: a source and a client in one. */
export interface InMemoryApplications {
  readonly source: ApplicationSource;
  readonly client: ApplicationClient;
}

/** Holds Application manifests by name; a patch that fails its `test` is a conflict, as on a cluster. */
export function inMemoryApplications(manifests: readonly object[]): InMemoryApplications {
  const byName = new Map(manifests.map((manifest) => [nameOf(manifest), manifest as unknown]));
  const missing = (key: string): ApplicationError =>
    new ApplicationError("not-found", `there is no Application ${key}`, { application: key });
  return {
    source: {
      contract: "application-source/1",
      list: () => Promise.resolve([...byName.values()]),
    },
    client: {
      contract: "application-client/1",
      get({ name }): Promise<unknown> {
        const manifest = byName.get(name);
        return manifest === undefined ? Promise.reject(missing(name)) : Promise.resolve(manifest);
      },
      patch({ name }, patch): Promise<unknown> {
        const manifest = byName.get(name);
        if (manifest === undefined) return Promise.reject(missing(name));
        try {
          const next = applyJsonPatch(manifest, patch);
          byName.set(name, next);
          return Promise.resolve(next);
        } catch (cause) {
          const message = `Application ${name} changed meanwhile`;
          const context = { application: name, cause };
          return Promise.reject(new ApplicationError("conflict", message, context));
        }
      },
    },
  };
}

/** A `WriteBackTarget` for the `argocd` method over any client, without retries. */
export function inMemoryArgoCd(client: ApplicationClient): WriteBackTarget {
  return {
    contract: "write-back-target/1",
    accepts: ({ method }) => method === "argocd",
    read: (reads) =>
      Promise.resolve(reads.map((): ReadResult => ({ kind: "read", files: new Map() }))),
    write: (changes) =>
      Promise.all(
        changes.map(async ({ application, edits }): Promise<WriteResult> => {
          try {
            const manifest = await client.get(application);
            const patch = edits.flatMap((edit) =>
              edit.kind === "application-patch"
                ? renderApplicationPatch({ manifest, source: edit.source }, edit.changes)
                : [],
            );
            if (patch.length === 0) return { kind: "unchanged" };
            await client.patch(application, patch);
            return { kind: "written", revision: "", paths: [] };
          } catch (error) {
            return { kind: "failed", error: summarizeError(error) };
          }
        }),
      ),
  };
}

function nameOf(manifest: object): string {
  const metadata: unknown = "metadata" in manifest ? manifest.metadata : undefined;
  const name =
    typeof metadata === "object" && metadata !== null && "name" in metadata ? metadata.name : "";
  return String(name);
}
