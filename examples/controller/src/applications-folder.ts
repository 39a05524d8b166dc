import { watch } from "node:fs/promises";
import type {
  ApplicationClient,
  ApplicationSource,
  Logger,
  SecretReader,
} from "@image-updater/core";
import { inMemorySecrets } from "@image-updater/core/testing";
import { openFolder, type FolderContents, type FolderSettings } from "./folder-contents.js";
import type { Inventory } from "./inventory.js";
import { nameOf, textsAt } from "./manifest-fields.js";

/**
 * A folder of manifests in place of a cluster: Applications, ImageUpdaters, secrets and config maps. Its
 * namespace is that of Argo CD, too.
 *
 * The files are read again for every list, and never written: a patch of the write-back method `argocd`
 * changes the manifest in memory and is logged. It holds until the file's Application changes.
 */
export async function openApplicationsFolder(settings: FolderSettings): Promise<Inventory> {
  const { namespace, logger } = settings;
  const contents = await openFolder(settings);
  const secrets = (): SecretReader => secretsOf(contents, namespace);
  return {
    argoCdNamespace: namespace,
    applications: sourceOf(contents, settings.path),
    client: loggingPatches(contents.applications.client, logger),
    secrets: {
      contract: "secret-reader/1",
      read: (key, options) => secrets().read(key, options),
      list: (query, options) => secrets().list(query, options),
    },
    listImageUpdaters: async () => contents.files.imageUpdaters,
    async saveStatus({ name }, status): Promise<void> {
      logger.debug({ imageUpdater_name: name }, `Status, not written: ${JSON.stringify(status)}`);
    },
    async readConfigMap(wanted): Promise<string | undefined> {
      const map = contents.files.configMaps.find((manifest) => {
        const found = nameOf(manifest, namespace);
        return found.name === wanted.name && found.namespace === (wanted.namespace ?? namespace);
      });
      return textsAt(map, "data")[wanted.key];
    },
    // There is nobody to read an event; the log says the same.
    recordEvents: () => Promise.resolve([]),
  };
}

function sourceOf(contents: FolderContents, path: string): ApplicationSource {
  const { source } = contents.applications;
  return {
    contract: "application-source/1",
    async list(options): Promise<readonly unknown[]> {
      await contents.refresh();
      return source.list(options);
    },
    async *watch(options = {}) {
      const refreshing = refreshOnChange(contents, path, options.signal);
      yield* source.watch?.(options) ?? [];
      await refreshing;
    },
  };
}

async function refreshOnChange(
  contents: FolderContents,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for await (const _ of watch(path, { recursive: true, ...(signal && { signal }) })) {
      await contents.refresh().catch(() => undefined);
    }
  } catch {
    // Aborted, or the folder is gone: the next list says so.
  }
}

function loggingPatches(client: ApplicationClient, logger: Logger): ApplicationClient {
  return {
    contract: "application-client/1",
    get: (name, options) => client.get(name, options),
    async patch(name, patch, options): Promise<unknown> {
      const manifest = await client.patch(name, patch, options);
      const message = `The file stays as it is; as JSON patch: ${JSON.stringify(patch)}`;
      logger.info({ application: name.name }, message);
      return manifest;
    },
  };
}

function secretsOf({ files }: FolderContents, namespace: string): SecretReader {
  return inMemorySecrets(
    files.secrets.map((manifest) => ({
      ...nameOf(manifest, namespace),
      labels: textsAt(manifest, "metadata", "labels"),
      data: { ...decoded(textsAt(manifest, "data")), ...textsAt(manifest, "stringData") },
    })),
  );
}

function decoded(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text, "base64").toString("utf8")]),
  );
}
