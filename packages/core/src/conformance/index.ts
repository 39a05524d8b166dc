// Internals that conformance cases speak of and that have no public name. This entry is not published.

export { ANNOTATION_PREFIX } from "../annotations/annotation-keys.js";
export { readWriteBackConfig } from "../annotations/parse-write-back-annotations.js";
export { readCommonSettings, readImageSettings } from "../annotations/read-image-settings.js";
export { parseTagSortMode } from "../config/registry-entry.js";
export { parseImageUpdater } from "../crd/parse-image-updater.js";
export { findRunningImages, matchForDigest } from "../decision/find-running-image.js";
export { needsUpdate } from "../decision/needs-update.js";
export { fullName, tagWithDigest } from "../image/image-names.js";
export { hasRegistryPrefix, shortForm } from "../image/registry-prefix.js";
export { getHelmValue } from "../overrides/helm-values.js";
export { helmParametersFor, setHelmParameters } from "../overrides/helm-spec.js";
export { mergeKustomizationImages } from "../overrides/kustomization-entries.js";
export { parseKustomizeImage, setKustomizeImage } from "../overrides/kustomize-spec.js";
export { overrideFilePath } from "../overrides/override-file-name.js";
export { pluginEnvironmentFor, setPluginEnvironment } from "../overrides/plugin-spec.js";
export { helmValuesPath, kustomizationDirectory } from "../overrides/repository-path.js";
export { isSafePlainScalar } from "../overrides/yaml-string.js";
export { parseImagePolicy } from "../policy/parse-image-policy.js";
export { parseGitBranch } from "../policy/parse-write-back.js";
export { findStrategy } from "../strategy/find-strategy.js";
