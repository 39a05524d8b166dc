import type { WriteBackConfig } from "./write-back-config.js";

/**
 * Lays a narrower level of write-back settings over a broader one.
 *
 * Field by field, also inside `gitConfig`, but a pull request replaces the broader one as a whole, as
 * Argo CD Image Updater merges them.
 */
export function mergeWriteBack(
  broader: WriteBackConfig | undefined,
  narrower: WriteBackConfig | undefined,
): WriteBackConfig {
  const above = broader?.gitConfig;
  const own = narrower?.gitConfig;
  return {
    method: narrower?.method ?? broader?.method,
    gitConfig: {
      repository: own?.repository ?? above?.repository,
      branch: own?.branch ?? above?.branch,
      writeBackTarget: own?.writeBackTarget ?? above?.writeBackTarget,
      pullRequest: own?.pullRequest ?? above?.pullRequest,
    },
  };
}
