import type { Application } from "../application/application.js";
import { fullName, tagWithDigest } from "../image/image-names.js";
import { shortForm } from "../image/registry-prefix.js";
import { DEFAULT_HELM_NAME, DEFAULT_HELM_TAG } from "../policy/default-helm-names.js";
import type { ManifestTargets } from "../policy/image-settings.js";
import type {
  ArgoCdSourceChanges,
  EnvironmentVariable,
  HelmParameter,
  HelmValueChange,
  KustomizationImage,
} from "../ports/edits.js";
import { helmParametersFor } from "../overrides/helm-spec.js";
import {
  kustomizeEntry,
  parseKustomizeImage,
  setKustomizeImage,
} from "../overrides/kustomize-spec.js";
import { pluginEnvironmentFor } from "../overrides/plugin-spec.js";
import type { DecidedImage } from "./decided-image.js";
import { overrideKindOf } from "./override-kind.js";

/**
 * What an application's images change in its source, without what else the source holds.
 *
 * This is what is written into the Application itself.
 */
export function renderSourceChanges(
  application: Application,
  images: readonly DecidedImage[],
): ArgoCdSourceChanges {
  switch (overrideKindOf(application)) {
    case "helm":
      return { helm: { parameters: images.flatMap(helmParameters) } };
    case "plugin":
      return { plugin: { env: images.flatMap(pluginVariables) } };
    case "kustomize":
      return { kustomize: { images: images.map(kustomizeText) } };
  }
}

/**
 * The same for an override file, which hides the source's own lists.
 *
 * Helm parameters and plugin variables of images that are cared for but undecided in this cycle, and
 * all Kustomize images of the source, go along where the file does not have them yet. What the file
 * has of them stays: it may be newer than the source.
 */
export function renderOverrideChanges(
  application: Application,
  images: readonly DecidedImage[],
): ArgoCdSourceChanges {
  const { source } = application;
  const targets = application.policies.map((policy) => policy.targets);
  switch (overrideKindOf(application)) {
    case "helm": {
      const parameters = images.flatMap(helmParameters);
      const managed = managedNames(targets, (target) =>
        helmParametersFor(target.helm ?? {}, PROBE),
      );
      const kept = unset(source.helmParameters, parameters, managed);
      return { helm: { parameters: [...parameters, ...kept], ...keepExisting(namesOf(kept)) } };
    }
    case "plugin": {
      const env = images.flatMap(pluginVariables);
      const managed = managedNames(targets, (target) =>
        pluginEnvironmentFor(target.plugin ?? {}, PROBE),
      );
      const kept = unset(source.pluginEnv, env, managed);
      return { plugin: { env: [...env, ...kept], ...keepExisting(namesOf(kept)) } };
    }
    case "kustomize": {
      const written = images.map(kustomizeText);
      const all = images.reduce<readonly string[]>(
        (entries, image) => setKustomizeImage(entries, kustomizeParts(image)),
        source.kustomizeImages,
      );
      const kept = all.filter((entry) => !written.includes(entry));
      return { kustomize: { images: all, ...keepExisting(kept) } };
    }
  }
}

/** What a Helm values file gets: per image the tag first, then the name. */
export function renderHelmValues(images: readonly DecidedImage[]): readonly HelmValueChange[] {
  return images.flatMap(({ policy, wanted }) => {
    const { name = "", tag = "", spec = "" } = policy.targets.helm ?? {};
    if (spec !== "") return [{ path: spec, value: wanted.toString() }];
    const value = tagWithDigest(wanted);
    const tagChange = { path: tag === "" ? DEFAULT_HELM_TAG : tag, value };
    // Where only the tag is named, the default name would be a new key in the user's file.
    const names = name === "" && tag !== "" ? [] : [nameChange(name, wanted)];
    return [...(value === "" ? [] : [tagChange]), ...names];
  });
}

function nameChange(path: string, wanted: DecidedImage["wanted"]): HelmValueChange {
  const value = fullName(wanted);
  const short = shortForm(value);
  return {
    path: path === "" ? DEFAULT_HELM_NAME : path,
    value,
    ...(short === value ? {} : { shortValue: short }),
  };
}

/** What a kustomization gets: one entry per image. */
export function renderKustomization(
  images: readonly DecidedImage[],
): readonly KustomizationImage[] {
  return images.map((image) => parseKustomizeImage(kustomizeText(image)));
}

/** Whether the Application's own source says already what the image should be. */
export function standsInSpec(image: DecidedImage, application: Application): boolean {
  const { source } = application;
  switch (overrideKindOf(application)) {
    case "helm":
      return holds(source.helmParameters, helmParameters(image));
    case "plugin":
      return holds(source.pluginEnv, pluginVariables(image));
    case "kustomize":
      return source.kustomizeImages.includes(kustomizeText(image));
  }
}

function holds(
  present: readonly { readonly name: string; readonly value: string }[],
  wanted: readonly { readonly name: string; readonly value: string }[],
): boolean {
  const isPresent = (one: { readonly name: string; readonly value: string }): boolean =>
    present.some(({ name, value }) => name === one.name && value === one.value);
  return wanted.length > 0 && wanted.every(isPresent);
}

const PROBE = { name: "name", tag: "tag", spec: "spec" };

function helmParameters({ policy, wanted }: DecidedImage): readonly HelmParameter[] {
  return helmParametersFor(policy.targets.helm ?? {}, partsOf(wanted));
}

function pluginVariables({ policy, wanted }: DecidedImage): readonly EnvironmentVariable[] {
  return pluginEnvironmentFor(policy.targets.plugin ?? {}, partsOf(wanted));
}

function partsOf(image: DecidedImage["wanted"]): typeof PROBE {
  return { name: fullName(image), tag: tagWithDigest(image), spec: image.toString() };
}

function kustomizeText(image: DecidedImage): string {
  return kustomizeEntry(kustomizeParts(image));
}

function kustomizeParts({ policy, wanted }: DecidedImage): {
  readonly kustomizeName?: string;
  readonly image: string;
} {
  const name = policy.targets.kustomize?.name;
  return { ...(name === undefined ? {} : { kustomizeName: name }), image: wanted.toString() };
}

interface Named {
  readonly name: string;
}

function managedNames(
  targets: readonly ManifestTargets[],
  entriesOf: (target: ManifestTargets) => readonly Named[],
): ReadonlySet<string> {
  return new Set(targets.flatMap((target) => namesOf(entriesOf(target))));
}

function unset<T extends Named>(
  present: readonly T[],
  written: readonly Named[],
  managed: ReadonlySet<string>,
): readonly T[] {
  const names = namesOf(written);
  return present.filter(({ name }) => managed.has(name) && !names.includes(name));
}

function keepExisting(names: readonly string[]): { readonly keepExisting?: readonly string[] } {
  return names.length === 0 ? {} : { keepExisting: names };
}

function namesOf(entries: readonly Named[]): readonly string[] {
  return entries.map(({ name }) => name);
}
