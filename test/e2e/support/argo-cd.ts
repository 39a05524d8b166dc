import type { GitTestServer } from "@image-updater/writeback-git/testing";
import type { ApplicationManifest, ManifestSource } from "./application-manifest.js";
import { renderHelmImages } from "./render-helm.js";
import { renderKustomizeImages } from "./render-kustomize.js";
import { join, mergePatch, readTree, yamlOf, type RepositoryTree } from "./repository-tree.js";

/**
 * The Application after Argo CD has synced it: its status says what the repository says.
 *
 * It is worked out from the repository alone, with the override file laid over the source, and with
 * nothing of what is tested here.
 */
export async function sync(
  git: GitTestServer,
  manifest: ApplicationManifest,
): Promise<ApplicationManifest> {
  const { repoURL, targetRevision } = manifest.spec.source;
  const tree = await readTree(git, repoURL, targetRevision);
  const source = overridden(manifest, tree);
  const isHelm = tree.has(join(source.path, "Chart.yaml"));
  const images = isHelm ? renderHelmImages(tree, source) : renderKustomizeImages(tree, source);
  if (images.length === 0) throw new Error(`${source.path} of ${repoURL} runs no image`);
  return {
    ...manifest,
    status: { sourceType: isHelm ? "Helm" : "Kustomize", summary: { images } },
  };
}

/** The images that run. */
export function runningImages({ status }: ApplicationManifest): readonly string[] {
  return status?.summary.images ?? [];
}

function overridden({ metadata, spec }: ApplicationManifest, tree: RepositoryTree): ManifestSource {
  const { name, namespace } = metadata;
  const owner = namespace === "argocd" ? name : `${namespace}_${name}`;
  const file = join(spec.source.path, `.argocd-source-${owner}.yaml`);
  const { repoURL, path } = spec.source;
  return { ...mergePatch({ ...spec.source }, yamlOf(tree, file)), repoURL, path };
}
