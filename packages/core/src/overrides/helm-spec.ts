import { DEFAULT_HELM_NAME, DEFAULT_HELM_TAG } from "../policy/default-helm-names.js";
import type { HelmTarget } from "../policy/image-settings.js";
import type { HelmParameter } from "../ports/edits.js";
import { setByName } from "./set-by-name.js";

/** An image as Helm parameters and plugin variables hold it. */
export interface ImageParts {
  /** `registry/repository`, or the repository alone. */
  readonly name: string;
  /** `1.2.3`, `1.2.3@sha256:…`, or empty when none is known. */
  readonly tag: string;
  /** The full reference, `name:tag[@digest]`. */
  readonly spec: string;
}

/**
 * The Helm parameters that hold an image, as Argo CD Image Updater sets them.
 *
 * A `spec` name gets the full reference and nothing else is written; otherwise name and tag are
 * written, by default to `image.name` and `image.tag`. An empty tag is not written. All force a
 * string, so that Helm never reads a tag such as `1.10` as a number.
 */
export function helmParametersFor(target: HelmTarget, image: ImageParts): readonly HelmParameter[] {
  if (target.spec) return [stringParameter(target.spec, image.spec)];
  const name = stringParameter(target.name || DEFAULT_HELM_NAME, image.name);
  if (image.tag === "") return [name];
  return [name, stringParameter(target.tag || DEFAULT_HELM_TAG, image.tag)];
}

/**
 * Puts parameters into a list as Argo CD Image Updater does: replaced where they stand by name, or
 * appended. An empty value is never written, and what `keepExisting` names only where it is not
 * there yet.
 */
export function setHelmParameters(
  existing: readonly HelmParameter[],
  changes: readonly HelmParameter[],
  keepExisting: readonly string[] = [],
): readonly HelmParameter[] {
  return setByName(existing, changes, keepExisting);
}

function stringParameter(name: string, value: string): HelmParameter {
  return { name, value, forceString: true };
}
