import type { CommonUpdateSettings } from "./image-settings.js";

/**
 * Lays a narrower level of settings over a broader one.
 *
 * Field by field; lists replace, they do not append, as Argo CD Image Updater merges them.
 */
export function mergeCommonSettings(
  broader: CommonUpdateSettings | undefined,
  narrower: CommonUpdateSettings | undefined,
): CommonUpdateSettings {
  return {
    updateStrategy: narrower?.updateStrategy ?? broader?.updateStrategy,
    forceUpdate: narrower?.forceUpdate ?? broader?.forceUpdate,
    allowTags: narrower?.allowTags ?? broader?.allowTags,
    ignoreTags: narrower?.ignoreTags ?? broader?.ignoreTags,
    pullSecret: narrower?.pullSecret ?? broader?.pullSecret,
    platforms: narrower?.platforms ?? broader?.platforms,
  };
}
