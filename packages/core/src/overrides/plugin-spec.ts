import type { HelmTarget } from "../policy/image-settings.js";
import type { EnvironmentVariable } from "../ports/edits.js";
import type { ImageParts } from "./helm-spec.js";
import { setByName } from "./set-by-name.js";

/**
 * The variables of a config management plugin that hold an image, as Argo CD Image Updater sets
 * them.
 *
 * A `spec` name gets the full reference and nothing else is written; otherwise the name and, where a
 * variable is named for it, the tag. There are no default names: a target without `spec` and without
 * `name` gives nothing. An empty tag is not written.
 */
export function pluginEnvironmentFor(
  target: HelmTarget,
  image: ImageParts,
): readonly EnvironmentVariable[] {
  if (target.spec) return [{ name: target.spec, value: image.spec }];
  if (!target.name) return [];
  const name = { name: target.name, value: image.name };
  if (!target.tag || image.tag === "") return [name];
  return [name, { name: target.tag, value: image.tag }];
}

/**
 * Puts variables into a list as Argo CD Image Updater does: replaced where they stand by name, or
 * appended. An empty value is never written, and what `keepExisting` names only where it is not
 * there yet.
 */
export function setPluginEnvironment(
  existing: readonly EnvironmentVariable[],
  changes: readonly EnvironmentVariable[],
  keepExisting: readonly string[] = [],
): readonly EnvironmentVariable[] {
  return setByName(existing, changes, keepExisting);
}
