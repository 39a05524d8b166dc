import type { KustomizationImage } from "../ports/edits.js";

/**
 * Puts images into the `images` of a kustomization, as Argo CD Image Updater does: entries of the
 * same `name` are replaced as a whole where they stand, others are appended. Names are compared as
 * text, as Kustomize compares them with the manifests.
 */
export function mergeKustomizationImages(
  existing: readonly KustomizationImage[],
  images: readonly KustomizationImage[],
): readonly KustomizationImage[] {
  const wanted = new Map(images.map((image) => [image.name, image]));
  const present = new Set(existing.map(({ name }) => name));
  return [
    ...existing.map((entry) => wanted.get(entry.name) ?? entry),
    ...[...wanted.values()].filter(({ name }) => !present.has(name)),
  ];
}
