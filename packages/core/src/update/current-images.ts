import type { Application } from "../application/application.js";
import { EditError } from "../errors/edit-error.js";
import {
  createImageReference,
  type ImageReferenceFields,
} from "../image/create-image-reference.js";
import { fullName, writtenName } from "../image/image-names.js";
import type { ImageReference } from "../image/image-reference.js";
import { parseImageReference } from "../image/parse-image-reference.js";
import { sameImageIgnoringDockerHub } from "../image/same-image.js";
import { readArgoCdSource } from "../overrides/argocd-source.js";
import { getHelmValue } from "../overrides/helm-values.js";
import { readKustomizationImages } from "../overrides/kustomization.js";
import { parseKustomizeImage } from "../overrides/kustomize-spec.js";
import { DEFAULT_HELM_NAME, DEFAULT_HELM_TAG } from "../policy/default-helm-names.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { HelmTarget } from "../policy/image-settings.js";
import type { KustomizationImage } from "../ports/edits.js";
import { overrideKindOf } from "../effect/override-kind.js";

/** The texts that say what runs, for an Application without a status. */
export interface CurrentFiles {
  /** The override file. */
  readonly override: string | undefined;
  /** The values file or kustomization behind it. */
  readonly manifest: string | undefined;
}

/**
 * What an application without a status runs, as its files say: the override file, or the
 * Application's own list where the file has none, before the values file or kustomization.
 *
 * An image that no file names, or of which the files name another, is left out, and so is not live.
 */
export function currentImages(
  application: Application,
  files: CurrentFiles,
): readonly ImageReference[] {
  const find = finderOf(application, files);
  return application.policies.flatMap((policy) => find(policy) ?? []);
}

function finderOf(
  application: Application,
  { override: text = "", manifest }: CurrentFiles,
): (policy: ImagePolicy) => ImageReference | undefined {
  const { source } = application;
  const override = readArgoCdSource(text);
  switch (overrideKindOf(application)) {
    case "kustomize": {
      const entries = effective(override.kustomizeImages, source.kustomizeImages);
      const images = [...entries.map(parseKustomizeImage), ...kustomizationOf(manifest)];
      return (policy) => findKustomize(policy, images);
    }
    case "plugin": {
      const valueOf = valueIn(effective(override.pluginEnv, source.pluginEnv));
      return ({ image, targets }) => findByName(image, targets.plugin ?? {}, valueOf);
    }
    case "helm": {
      const parameter = valueIn(effective(override.helmParameters, source.helmParameters));
      const valueOf = (path: string): string => parameter(path) || valueAt(manifest, path);
      return ({ image, targets }) => findByName(image, withDefaults(targets.helm), valueOf);
    }
  }
}

/** Argo CD takes the list of an override file in place of the Application's. */
function effective<T>(override: readonly T[], spec: readonly T[]): readonly T[] {
  return override.length > 0 ? override : spec;
}

function withDefaults({ name = "", tag = "", spec = "" }: HelmTarget = {}): HelmTarget {
  return { name: name || DEFAULT_HELM_NAME, tag: tag || DEFAULT_HELM_TAG, spec };
}

function findByName(
  image: ImageReference,
  { name = "", tag = "", spec = "" }: HelmTarget,
  valueOf: (name: string) => string,
): ImageReference | undefined {
  if (spec !== "") {
    const found = parseImageReference(valueOf(spec)).value;
    const same = found !== undefined && sameImageIgnoringDockerHub(found, image);
    return same ? withVersion(image, found.tag, found.digest) : undefined;
  }
  const [version = "", digest] = valueOf(tag).split("@");
  if (version === "" && digest === undefined) return undefined;
  return namesImage(valueOf(name), image) ? withVersion(image, version, digest) : undefined;
}

/** Whether a value can be the image's name; charts also split it into registry and repository. */
function namesImage(text: string, image: ImageReference): boolean {
  if (text === "") return true;
  const spellings = [text, `docker.io/${text}`].map((name) => parseImageReference(name).value);
  const same = spellings.some((one) => one !== undefined && sameImageIgnoringDockerHub(one, image));
  return same || fullName(image).endsWith(`/${text}`);
}

function findKustomize(
  policy: ImagePolicy,
  images: readonly KustomizationImage[],
): ImageReference | undefined {
  const name = policy.targets.kustomize?.name ?? writtenName(policy.image);
  const own = images.filter((image) => image.name === name);
  // Argo CD Image Updater writes names in their short form, which matches no container of another spelling.
  const others = images.filter((image) => image.name !== fullName(policy.image));
  const [found] = [...own, ...others].flatMap((image) => runningOf(policy, image) ?? []);
  return found;
}

/** What an entry makes run, if that is the configured image or the one that it is to replace. */
function runningOf(policy: ImagePolicy, entry: KustomizationImage): ImageReference | undefined {
  const { newName, newTag, digest } = entry;
  const image = parseImageReference(newName ?? entry.name).value;
  if (image === undefined || (newTag === undefined && digest === undefined)) return undefined;
  const renamed = parseImageReference(policy.targets.kustomize?.name ?? "").value;
  const known = [policy.image, renamed].find(
    (one) => one !== undefined && sameImageIgnoringDockerHub(one, image),
  );
  if (known === undefined) return undefined;
  return withVersion({ ...known, writtenName: writtenName(image) }, newTag, digest);
}

function withVersion(
  { registry, repository, writtenName: written }: ImageReferenceFields,
  tag: string | undefined,
  digest: string | undefined,
): ImageReference {
  return createImageReference({ registry, repository, tag, digest, writtenName: written });
}

function valueIn(
  entries: readonly { readonly name: string; readonly value: string }[],
): (name: string) => string {
  return (name) => entries.find((entry) => entry.name === name)?.value ?? "";
}

/** A file that cannot be read as YAML says nothing about what runs; writing it will say why. */
function kustomizationOf(text: string | undefined): readonly KustomizationImage[] {
  return text === undefined ? [] : unlessUnreadable(() => readKustomizationImages(text), []);
}

function valueAt(text: string | undefined, path: string): string {
  return text === undefined ? "" : unlessUnreadable(() => getHelmValue(text, path), "");
}

function unlessUnreadable<T>(read: () => T, nothing: T): T {
  try {
    return read();
  } catch (error) {
    if (EditError.is(error)) return nothing;
    throw error;
  }
}
