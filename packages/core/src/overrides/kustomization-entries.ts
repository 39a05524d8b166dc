import type { KustomizationImage } from "../ports/edits.js";

/**
 * Puts images into the `images` of a kustomization, as Argo CD Image Updater does: an entry of the
 * same `name` is replaced as a whole where it stands, others are appended.
 *
 * Unlike there, an image that no entry names literally also replaces entries that name it in another
 * spelling of Docker Hub (`nginx`, `docker.io/library/nginx`); these keep their `name`, which Kustomize
 * compares as text with the manifests.
 */
export function mergeKustomizationImages(
  existing: readonly KustomizationImage[],
  images: readonly KustomizationImage[],
): readonly KustomizationImage[] {
  return images.reduce((entries, image) => {
    const names = entries.map(({ name }) => name);
    const matches = matchingNames(names, image.name);
    if (matches.length === 0) return [...entries, image];
    return entries.map((entry) =>
      matches.includes(entry.name) ? { ...image, name: entry.name } : entry,
    );
  }, existing);
}

/** Those of the names that mean the image: the name itself, or else other spellings of it. */
export function matchingNames(names: readonly string[], name: string): readonly string[] {
  if (names.includes(name)) return [name];
  return names.filter((other) => dockerHubName(other) === dockerHubName(name));
}

/** The name without what Docker Hub implies. */
function dockerHubName(name: string): string {
  const path = name.replace(/^(?:index\.)?docker\.io\//, "");
  return path.replace(/^library\/(?=[^/]+$)/, "");
}
