import type { ImagesVerification } from "./image-settings.js";

/**
 * Lays a narrower level of verification settings over a broader one.
 *
 * Wherever a block stands, an absent `enabled` counts as true: the API server fills it in, so that a
 * file and the resource made of it mean the same. A block that only sets a key thus turns on what a
 * broader level turned off, as in Argo CD Image Updater. A key replaces the broader one as a whole.
 */
export function mergeVerification(
  broader: ImagesVerification | undefined,
  narrower: ImagesVerification | undefined,
): ImagesVerification | undefined {
  if (narrower === undefined) return broader;
  return {
    enabled: narrower.enabled ?? true,
    cosignKey: narrower.cosignKey ?? broader?.cosignKey,
  };
}
