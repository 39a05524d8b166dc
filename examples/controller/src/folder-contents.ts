import type { Logger } from "@image-updater/core";
import { inMemoryApplications, type InMemoryApplications } from "@image-updater/core/testing";
import { nameOf, textAt } from "./manifest-fields.js";
import { readManifestFiles, type ManifestFiles } from "./manifest-files.js";

/** What a folder of manifests holds, as of its last refresh. */
export interface FolderContents {
  /** Applications as they were patched since their files changed. */
  readonly applications: InMemoryApplications;
  /** Everything as the files have it. */
  readonly files: ManifestFiles;
  /** Reads the folder again. */
  refresh(): Promise<void>;
}

/** Settings of {@link openFolder}. */
export interface FolderSettings {
  readonly path: string;
  /** Namespace of manifests that name none. */
  readonly namespace: string;
  readonly logger: Logger;
}

/** Reads a folder for the first time. */
export async function openFolder(settings: FolderSettings): Promise<FolderContents> {
  const { path, namespace, logger } = settings;
  const applications = inMemoryApplications([]);
  const texts = new Map<string, string>();
  const state = { files: await readInNamespace(settings) };

  /** Takes over what changed in the files; what did not keeps its patches. */
  function takeOver(manifests: readonly object[]): void {
    const found = new Map(
      manifests.map((manifest) => [JSON.stringify(nameOf(manifest, namespace)), manifest]),
    );
    for (const [key, manifest] of found) {
      const text = JSON.stringify(manifest);
      if (texts.get(key) !== text) applications.put(manifest);
      texts.set(key, text);
    }
    for (const key of [...texts.keys()].filter((one) => !found.has(one))) {
      texts.delete(key);
      applications.remove(nameOf({ metadata: JSON.parse(key) }, namespace));
    }
  }

  takeOver(state.files.applications);
  return {
    applications,
    get files(): ManifestFiles {
      return state.files;
    },
    async refresh(): Promise<void> {
      state.files = await readInNamespace({ path, namespace, logger });
      takeOver(state.files.applications);
    },
  };
}

async function readInNamespace({
  path,
  namespace,
  logger,
}: FolderSettings): Promise<ManifestFiles> {
  const files = await readManifestFiles(path, logger);
  const named = (manifests: readonly object[]): readonly object[] =>
    manifests.map((manifest) => withNamespace(manifest, namespace));
  return {
    applications: named(files.applications),
    imageUpdaters: named(files.imageUpdaters),
    secrets: named(files.secrets),
    configMaps: named(files.configMaps),
  };
}

function withNamespace(manifest: object, namespace: string): object {
  if (textAt(manifest, "metadata", "namespace") !== "") return manifest;
  const metadata = "metadata" in manifest ? { ...Object(manifest.metadata), namespace } : undefined;
  return { ...manifest, metadata };
}
