import type { Application } from "../application/application.js";
import { fullName, referenceText, tagWithDigest, writtenName } from "../image/image-names.js";
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
  isSameKustomizeEntry,
  kustomizeEntry,
  parseKustomizeImage,
  replacedName,
  setKustomizeImages,
} from "../overrides/kustomize-spec.js";
import { pluginEnvironmentFor } from "../overrides/plugin-spec.js";
import type { DecidedImage } from "./decided-image.js";
import { overrideKindOf } from "./override-kind.js";

/** What rendering needs of an image. */
export type RenderedImage = Pick<DecidedImage, "policy" | "wanted" | "runningNames" | "leavesName">;

/**
 * What an application's images change in its source, without what else the source holds.
 *
 * This is what is written into the Application itself.
 */
export function renderSourceChanges(
  application: Application,
  images: readonly RenderedImage[],
): ArgoCdSourceChanges {
  switch (overrideKindOf(application)) {
    case "helm":
      return { helm: { parameters: images.flatMap(helmParameters) } };
    case "plugin":
      return { plugin: { env: images.flatMap(pluginVariables) } };
    case "kustomize": {
      const written = images.flatMap((one) => kustomizeTexts(one, application));
      const claimed = claimedEntries(application, images);
      return { kustomize: { images: [...written, ...claimed], ...keepExisting(claimed) } };
    }
  }
}

/**
 * The same for an override file, which hides the source's own lists.
 *
 * Helm parameters and plugin variables of images that are cared for but undecided in this cycle, and
 * all Kustomize images of the source, go along where the file does not have them yet; with `carry` all
 * others too. What the file has of them stays: it may be newer than the source.
 */
export function renderOverrideChanges(
  application: Application,
  images: readonly DecidedImage[],
  carry = false,
): ArgoCdSourceChanges {
  const { source } = application;
  const targets = application.policies.map((policy) => policy.targets);
  switch (overrideKindOf(application)) {
    case "helm": {
      const parameters = images.flatMap(helmParameters);
      const managed = managedNames(targets, (target) =>
        helmParametersFor(target.helm ?? {}, PROBE),
      );
      const kept = unset(source.helmParameters, parameters, carry ? undefined : managed);
      return { helm: { parameters: [...parameters, ...kept], ...keepExisting(namesOf(kept)) } };
    }
    case "plugin": {
      const env = images.flatMap(pluginVariables);
      const managed = managedNames(targets, (target) =>
        pluginEnvironmentFor(target.plugin ?? {}, PROBE),
      );
      const kept = unset(source.pluginEnv, env, carry ? undefined : managed);
      return { plugin: { env: [...env, ...kept], ...keepExisting(namesOf(kept)) } };
    }
    case "kustomize": {
      const written = images.flatMap((one) => kustomizeTexts(one, application));
      const claimed = claimedEntries(application, images);
      const all = setKustomizeImages(source.kustomizeImages, [...written, ...claimed]);
      const kept = all.filter((entry) => !written.includes(entry));
      return { kustomize: { images: all, ...keepExisting(kept) } };
    }
  }
}

/** What a Helm values file gets: per image the tag first, then the name. */
export function renderHelmValues(images: readonly RenderedImage[]): readonly HelmValueChange[] {
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
  images: readonly RenderedImage[],
): readonly KustomizationImage[] {
  return images.flatMap((image) =>
    manifestNames(image).map((name) => parseKustomizeImage(kustomizeText(image, name))),
  );
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
      return kustomizeTexts(image, application).every((text) => {
        const name = replacedName(text);
        // Of two entries for one name the later one counts.
        const entry = source.kustomizeImages.findLast((one) => replacedName(one) === name);
        return entry !== undefined && isSameKustomizeEntry(entry, text);
      });
  }
}

function holds(
  present: readonly { readonly name: string; readonly value: string }[],
  wanted: readonly { readonly name: string; readonly value: string }[],
): boolean {
  // Of two entries of one name the later one counts.
  const isPresent = (one: { readonly name: string; readonly value: string }): boolean =>
    present.findLast(({ name }) => name === one.name)?.value === one.value;
  return wanted.length > 0 && wanted.every(isPresent);
}

const PROBE = { name: "name", tag: "tag", spec: "spec" };

function helmParameters({ policy, wanted, leavesName }: RenderedImage): readonly HelmParameter[] {
  const parameters = helmParametersFor(policy.targets.helm ?? {}, partsOf(wanted));
  return leavesName === true
    ? parameters.filter(({ name }) => name !== DEFAULT_HELM_NAME)
    : parameters;
}

function pluginVariables({ policy, wanted }: RenderedImage): readonly EnvironmentVariable[] {
  return pluginEnvironmentFor(policy.targets.plugin ?? {}, partsOf(wanted));
}

function partsOf(image: RenderedImage["wanted"]): typeof PROBE {
  return { name: fullName(image), tag: tagWithDigest(image), spec: image.toString() };
}

/** The entries that make an image run; the source's own aliases for it stay. */
function kustomizeTexts(image: RenderedImage, application: Application): readonly string[] {
  const names = manifestNames(image).flatMap((name) => aliasesOf(application, image, name));
  return [...new Set(names)].map((name) => kustomizeText(image, name));
}

/** Entries of images that are undecided in this cycle: they stay, and no alias takes them over. */
function claimedEntries(
  { source, policies }: Application,
  images: readonly RenderedImage[],
): readonly string[] {
  const decided = new Set(images.map(({ policy }) => policy));
  const undecided = policies.filter((policy) => !decided.has(policy));
  const names = undecided.map(
    ({ image, targets }) => targets.kustomize?.name || writtenName(image),
  );
  const written = new Set(images.flatMap(manifestNames));
  return source.kustomizeImages.filter((entry) => {
    const name = replacedName(entry);
    return names.includes(name) && !written.has(name);
  });
}

/** The names in the manifests that an image stands for, as the manifests spell them. */
function manifestNames({ policy, runningNames }: RenderedImage): readonly string[] {
  const name = policy.targets.kustomize?.name ?? "";
  return name === "" ? runningNames : [name];
}

/** Where the source has no entry for a name but aliases that bring it about, those are meant. */
function aliasesOf(
  { source, policies }: Application,
  { policy }: RenderedImage,
  name: string,
): readonly string[] {
  if (policy.targets.kustomize?.name) return [name];
  const entries = source.kustomizeImages.map(parseKustomizeImage);
  if (entries.some((entry) => entry.name === name)) return [name];
  const taken = policies.map(({ targets }) => targets.kustomize?.name);
  const aliases = entries.filter((one) => one.newName === name && !taken.includes(one.name));
  return aliases.length === 0 ? [name] : aliases.map((entry) => entry.name);
}

function kustomizeText({ policy, wanted, runningNames }: RenderedImage, name: string): string {
  const isRenamed = Boolean(policy.targets.kustomize?.name) || !runningNames.includes(name);
  return isRenamed
    ? kustomizeEntry({ kustomizeName: name, image: referenceText(writtenName(wanted), wanted) })
    : referenceText(name, wanted);
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
  managed: ReadonlySet<string> | undefined,
): readonly T[] {
  const names = new Set(namesOf(written));
  return present.filter(({ name }) => managed?.has(name) !== false && !names.has(name));
}

function keepExisting(names: readonly string[]): { readonly keepExisting?: readonly string[] } {
  return names.length === 0 ? {} : { keepExisting: names };
}

function namesOf(entries: readonly Named[]): readonly string[] {
  return entries.map(({ name }) => name);
}
