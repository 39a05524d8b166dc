import {
  createImageReference,
  EditError,
  renderArgoCdSource,
  setHelmValues,
  setKustomizationImages,
  type HelmParameter,
  type KustomizationImage,
} from "@image-updater/core";
import {
  fullName,
  getHelmValue,
  helmParametersFor,
  helmValuesPath,
  isSafePlainScalar,
  kustomizationDirectory,
  mergeKustomizationImages,
  overrideFilePath,
  parseKustomizeImage,
  pluginEnvironmentFor,
  setHelmParameters,
  setKustomizeImage,
  setPluginEnvironment,
  tagWithDigest,
} from "@image-updater/core/conformance";
import { list, optionalText, record, text, texts } from "../fields.js";
import type { RunCase } from "./area.js";
import { referenceOf } from "./policy-of.js";

/** Files and lists that hold images. */
export const overrideAreas: Readonly<Record<string, RunCase>> = {
  "override-helm": (input) => {
    const { existing, parameters } = record(input);
    const changes = { helm: { parameters: list(parameters).map(helmParameter) } };
    return edit(() => renderArgoCdSource(text(existing), changes));
  },
  "override-kustomize": (input) => {
    const { existing, images } = record(input);
    const changes = { kustomize: { images: texts(images) } };
    return edit(() => renderArgoCdSource(text(existing), changes));
  },
  "override-plugin": (input) => {
    const { existing, env } = record(input);
    const changes = { plugin: { env: list(env).map(variable) } };
    return edit(() => renderArgoCdSource(text(existing), changes));
  },
  "helm-values": (input) => {
    const { content, writes } = record(input);
    const changes = list(writes)
      .map(record)
      .map(({ path, value }) => ({
        path: text(path),
        value: text(value),
      }));
    return edit(() => setHelmValues(text(content), changes));
  },
  "helm-values-get": (input) => {
    const { content, path } = record(input);
    return refused(() => ({ value: getHelmValue(text(content), text(path)) }));
  },
  "safe-plain-scalar": (input) => isSafePlainScalar(text(input)),
  "kustomize-image": (input) => {
    const { name, newName = "", newTag = "", digest = "" } = parseKustomizeImage(text(input));
    return { name, newName, newTag, digest };
  },
  "kustomization-images": (input) => {
    const { existingImages, images } = record(input);
    const existing = list(existingImages).map(kustomizationImage);
    const changes = texts(images).map(parseKustomizeImage);
    return { images: mergeKustomizationImages(existing, changes) };
  },
  "kustomization-file": (input, expected) => {
    const { content, images } = record(input);
    const changes = texts(images).map(parseKustomizeImage);
    const result = edit(() => setKustomizationImages(text(content), changes));
    const unchanged = "content" in result && result.content === content;
    return unchanged && "unchanged" in record(expected) ? { unchanged: true } : result;
  },
  "target-kustomization": (input) =>
    refused(() => kustomizationDirectory(...pathsOf(input, "kustomization"))),
  "target-helmvalues": (input) => refused(() => helmValuesPath(...pathsOf(input, "helmvalues"))),
  "default-target": (input) => {
    const { appNamespace, appName, sourcePath, controllerNamespace } = record(input);
    return overrideFilePath({
      sourcePath: text(sourcePath),
      applicationName: text(appName),
      applicationNamespace: text(appNamespace),
      controllerNamespace: text(controllerNamespace),
    });
  },
  "spec-kustomize-set": (input) => {
    const { existing, sets } = record(input);
    return list(sets)
      .map(record)
      .reduce<readonly string[]>(
        (entries, { kustomizeName, image }) =>
          setKustomizeImage(entries, {
            kustomizeName: optionalText(kustomizeName),
            image: text(image),
          }),
        texts(existing),
      );
  },
  "spec-helm-set": (input, expected) => {
    const { existing, image, tag, name, tagName, spec } = record(input);
    const reference = createImageReference({
      ...referenceOf(text(image)),
      ...(text(tag) === "" ? {} : { tag: text(tag) }),
    });
    const target = {
      name: optionalText(name),
      tag: optionalText(tagName),
      spec: optionalText(spec),
    };
    const wanted = helmParametersFor(target, partsOf(reference));
    const result = setHelmParameters(list(existing).map(helmParameter), wanted);
    return pick(result, expected);
  },
  "spec-plugin-set": (input, expected) => {
    const { env, image, name, tag, spec } = record(input);
    const target = { name: optionalText(name), tag: optionalText(tag), spec: optionalText(spec) };
    const wanted = pluginEnvironmentFor(target, partsOf(referenceOf(text(image))));
    return pick(setPluginEnvironment(list(env).map(variable), wanted), expected);
  },
};

function edit(run: () => string): { readonly content: string } | { readonly error: string } {
  return refused(() => ({ content: run() }));
}

function refused<T>(run: () => T): T | { readonly error: string } {
  try {
    return run();
  } catch (error) {
    if (EditError.is(error)) return { error: error.code };
    throw error;
  }
}

function pathsOf(input: unknown, word: string): [string, string | undefined] {
  const { sourcePath, target } = record(input);
  const path = text(target).slice(word.length);
  return [text(sourcePath), path === "" ? undefined : path.slice(1)];
}

function helmParameter(value: unknown): HelmParameter {
  const { name, value: content, forceString } = record(value);
  return { name: text(name), value: text(content), forceString: forceString === true };
}

function variable(value: unknown): { readonly name: string; readonly value: string } {
  const { name, value: content } = record(value);
  return { name: text(name), value: text(content) };
}

function kustomizationImage(value: unknown): KustomizationImage {
  const { name, newName, newTag, digest } = record(value);
  return {
    name: text(name),
    ...(newName === undefined ? {} : { newName: text(newName) }),
    ...(newTag === undefined ? {} : { newTag: text(newTag) }),
    ...(digest === undefined ? {} : { digest: text(digest) }),
  };
}

function partsOf(image: ReturnType<typeof createImageReference>): {
  readonly name: string;
  readonly tag: string;
  readonly spec: string;
} {
  return { name: fullName(image), tag: tagWithDigest(image), spec: image.toString() };
}

/** The entries that the case speaks of. */
function pick(
  entries: readonly { readonly name: string; readonly value: string }[],
  expected: unknown,
): Readonly<Record<string, string>> {
  const names = Object.keys(record(expected));
  return Object.fromEntries(
    entries.filter(({ name }) => names.includes(name)).map(({ name, value }) => [name, value]),
  );
}
