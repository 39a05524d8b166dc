import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "@image-updater/core";
import { loadAll } from "js-yaml";
import { at, listAt, textAt } from "./manifest-fields.js";

/** The manifests of a folder that the controller knows what to do with. */
export interface ManifestFiles {
  readonly applications: readonly object[];
  readonly imageUpdaters: readonly object[];
  readonly secrets: readonly object[];
  readonly configMaps: readonly object[];
}

/** Which field of {@link ManifestFiles} a kind belongs to. */
const KINDS: ReadonlyMap<string, keyof ManifestFiles> = new Map([
  ["argoproj.io/Application", "applications"],
  ["argocd-image-updater.argoproj.io/ImageUpdater", "imageUpdaters"],
  ["/Secret", "secrets"],
  ["/ConfigMap", "configMaps"],
]);

/**
 * Reads every `.yaml`, `.yml` and `.json` file of a folder and its folders; lists are taken apart,
 * other kinds are left out. A file that is wrong is logged, and the others are read all the same.
 */
export async function readManifestFiles(folder: string, logger: Logger): Promise<ManifestFiles> {
  const entries = await readdir(folder, { recursive: true });
  const files = entries.filter((name) => /\.(?:ya?ml|json)$/u.test(name)).toSorted();
  const manifests = await Promise.all(
    files.map((file) => readManifests(join(folder, file), logger)),
  );
  const sorted: Record<keyof ManifestFiles, object[]> = {
    applications: [],
    imageUpdaters: [],
    secrets: [],
    configMaps: [],
  };
  for (const manifest of manifests.flat().flatMap(itemsOf)) {
    const field = KINDS.get(kindOf(manifest));
    if (field !== undefined && typeof manifest === "object" && manifest !== null) {
      sorted[field].push(manifest);
    }
  }
  return sorted;
}

async function readManifests(path: string, logger: Logger): Promise<readonly unknown[]> {
  try {
    return loadAll(await readFile(path, "utf8"));
  } catch (error) {
    logger.error(
      {},
      `${path} is left out: ${error instanceof Error ? error.message : "unreadable"}`,
    );
    return [];
  }
}

function itemsOf(manifest: unknown): readonly unknown[] {
  return Array.isArray(at(manifest, "items")) ? listAt(manifest, "items") : [manifest];
}

/** `group/kind`, whatever the version. */
function kindOf(manifest: unknown): string {
  const version = textAt(manifest, "apiVersion");
  const group = version.includes("/") ? version.split("/")[0] : "";
  return `${group}/${textAt(manifest, "kind")}`;
}
