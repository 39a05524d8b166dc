import type { Application } from "../application/application.js";
import { EditError } from "../errors/edit-error.js";
import { createImageReference } from "../image/create-image-reference.js";
import type { ImageReference } from "../image/image-reference.js";
import { parseImageReference } from "../image/parse-image-reference.js";
import { readArgoCdSource } from "../overrides/argocd-source.js";
import { getHelmValue } from "../overrides/helm-values.js";
import { readKustomizationImages } from "../overrides/kustomization.js";
import { parseKustomizeImage } from "../overrides/kustomize-spec.js";
import { DEFAULT_HELM_TAG } from "../policy/default-helm-names.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { KustomizationImage } from "../ports/edits.js";

/** The texts that say what runs, for an Application without a status. */
export interface CurrentFiles {
  /** The override file. */
  readonly override: string | undefined;
  /** The values file or kustomization behind it. */
  readonly manifest: string | undefined;
}

/**
 * What an application without a status runs, as its files say: the override file first, then the
 * Application's own parameters, then the values file or kustomization.
 *
 * An image that no file names is left out, and so is not live. A reference always has the configured
 * name.
 */
export function currentImages(
  application: Application,
  files: CurrentFiles,
): readonly ImageReference[] {
  const override = readArgoCdSource(files.override ?? "");
  const { source } = application;
  return application.policies.flatMap((policy) => {
    const found =
      application.type === "kustomize"
        ? (findKustomize(policy, override.kustomizeImages.map(parseKustomizeImage)) ??
          findKustomize(policy, source.kustomizeImages.map(parseKustomizeImage)) ??
          findKustomize(policy, kustomizationOf(files.manifest)))
        : (findHelm(policy, valueIn(override.helmParameters)) ??
          findHelm(policy, valueIn(source.helmParameters)) ??
          findHelm(policy, (path) => valueAt(files.manifest, path)));
    return found === undefined ? [] : [found];
  });
}

function findHelm(
  policy: ImagePolicy,
  valueOf: (name: string) => string | undefined,
): ImageReference | undefined {
  const { tag = "", spec = "" } = policy.targets.helm ?? {};
  if (spec !== "") {
    const reference = parseImageReference(valueOf(spec) ?? "").value;
    return reference === undefined ? undefined : named(policy, reference.tag, reference.digest);
  }
  const value = valueOf(tag === "" ? DEFAULT_HELM_TAG : tag);
  if (value === undefined || value === "") return undefined;
  const [name = "", digest] = value.split("@");
  return named(policy, name, digest);
}

function findKustomize(
  policy: ImagePolicy,
  images: readonly KustomizationImage[],
): ImageReference | undefined {
  const { registry, repository } = policy.image;
  const fullName = createImageReference({ registry, repository }).toString();
  const name = policy.targets.kustomize?.name ?? fullName;
  const found = images.find((image) => image.name === name || image.newName === fullName);
  if (found === undefined) return undefined;
  if (found.newTag === undefined && found.digest === undefined) return undefined;
  return named(policy, found.newTag, found.digest);
}

function named(
  policy: ImagePolicy,
  tag: string | undefined,
  digest: string | undefined,
): ImageReference {
  const { registry, repository } = policy.image;
  return createImageReference({ registry, repository, tag, digest });
}

function valueIn(
  parameters: readonly { readonly name: string; readonly value: string }[],
): (name: string) => string | undefined {
  return (name) => parameters.find((parameter) => parameter.name === name)?.value;
}

/** A file that cannot be read as YAML says nothing about what runs; writing it will say why. */
function kustomizationOf(text: string | undefined): readonly KustomizationImage[] {
  try {
    return text === undefined ? [] : readKustomizationImages(text);
  } catch (error) {
    if (EditError.is(error)) return [];
    throw error;
  }
}

function valueAt(text: string | undefined, path: string): string | undefined {
  try {
    return text === undefined ? undefined : getHelmValue(text, path);
  } catch (error) {
    if (EditError.is(error)) return undefined;
    throw error;
  }
}
