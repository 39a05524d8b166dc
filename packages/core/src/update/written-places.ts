import type { Application } from "../application/application.js";
import { findRunningImage } from "../decision/find-running-image.js";
import { createImageReference } from "../image/create-image-reference.js";
import { fullName, writtenName } from "../image/image-names.js";
import type { ImageReference } from "../image/image-reference.js";
import { parseHelmValuePath } from "../overrides/helm-value-path.js";
import { parseKustomizeImage } from "../overrides/kustomize-spec.js";
import { EditError } from "../errors/edit-error.js";
import { DEFAULT_HELM_NAME, DEFAULT_HELM_TAG } from "../policy/default-helm-names.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { HelmTarget } from "../policy/image-settings.js";
import type { ArgoCdSourceChanges, KustomizationImage } from "../ports/edits.js";
import { overrideKindOf } from "../effect/override-kind.js";
import {
  renderHelmValues,
  renderKustomization,
  renderSourceChanges,
  type RenderedImage,
} from "../effect/render-source-changes.js";

/** One value that an image writes. */
export interface WrittenPlace {
  /** What tells the place from others, its steps from the outermost on. */
  readonly steps: readonly string[];
  /** As a person reads it: `Helm parameter "image.tag"`. */
  readonly label: string;
  /** The settings that lead there. */
  readonly settings: readonly string[];
  /** Undefined for an image that is not decided. */
  readonly value: string | undefined;
  /** Set where Kustomize goes on with what another entry makes of the image. */
  readonly isPassed?: true;
}

/**
 * Images that leave Helm's default name alone: they name the parameter of their tag but none for
 * their name, and a running image of another name writes the default one.
 */
export function imagesWithoutName(
  application: Application,
  policies: readonly ImagePolicy[],
  live: readonly ImageReference[],
): ReadonlySet<ImagePolicy> {
  const { writeBack } = application;
  const isFile = writeBack?.method === "git" && writeBack.target.kind === "helmvalues";
  if (isFile || overrideKindOf(application) !== "helm") return new Set();
  const named = policies.filter(({ targets }) => helmNameOf(targets.helm) === DEFAULT_HELM_NAME);
  const running = named.filter((policy) => findRunningImage(policy, live) !== undefined);
  const names = new Set(running.map(({ image }) => fullName(image)));
  return new Set(
    named.filter(({ image, targets }) => {
      const { name = "", tag = "" } = targets.helm ?? {};
      const isAlone = names.size === 0 || (names.size === 1 && names.has(fullName(image)));
      return name === "" && tag !== "" && !isAlone;
    }),
  );
}

function helmNameOf({ name = "", spec = "" }: HelmTarget = {}): string {
  return spec || name || DEFAULT_HELM_NAME;
}

/** Everything that an image writes in its application, whatever the method and the target. */
export function writtenPlaces(
  application: Application,
  policy: ImagePolicy,
  image: RenderedImage,
  isDecided: boolean,
): readonly WrittenPlace[] {
  const { targets } = policy;
  const place = (write: Omit<WrittenPlace, "value">, value: string): WrittenPlace => ({
    ...write,
    value: isDecided ? value : undefined,
  });
  const helm = (kind: string, path: string, value: string): WrittenPlace => {
    const settings = settingsOf("helm.image-", withDefaults(targets.helm), path);
    return place({ steps: stepsOf(path), label: `${kind} "${path}"`, settings }, value);
  };
  const { writeBack } = application;
  const target = writeBack?.method === "git" ? writeBack.target.kind : undefined;
  if (target === "helmvalues") {
    return renderHelmValues([image]).map(({ path, value }) => helm("Helm value", path, value));
  }
  if (target === "kustomization") {
    return renderKustomization([image]).map((entry) => place(...kustomizePlace(entry)));
  }
  const changes = ownChanges(renderSourceChanges(application, [image]));
  if ("helm" in changes) {
    const { parameters } = changes.helm;
    return parameters.map(({ name, value }) => helm("Helm parameter", name, value));
  }
  if ("plugin" in changes) {
    return changes.plugin.env.map(({ name, value }) => {
      const settings = settingsOf("plugin.", targets.plugin ?? {}, name);
      return place({ steps: [name], label: `plugin variable "${name}"`, settings }, value);
    });
  }
  const entries = changes.kustomize.images.map(parseKustomizeImage);
  return entries.flatMap((entry) => [
    place(...kustomizePlace(entry)),
    ...passedPlace(entry).map((passed) => place(...passed)),
  ]);
}

/** What an image would write if it were decided. */
export function undecidedImage(policy: ImagePolicy, leavesName: boolean): RenderedImage {
  const wanted = createImageReference({ ...policy.image, tag: "unknown" });
  return { policy, wanted, runningNames: [writtenName(policy.image)], leavesName };
}

/** Without the entries of other images, which only go along. */
function ownChanges(changes: ArgoCdSourceChanges): ArgoCdSourceChanges {
  if (!("kustomize" in changes)) return changes;
  const { images, keepExisting = [] } = changes.kustomize;
  return { kustomize: { images: images.filter((image) => !keepExisting.includes(image)) } };
}

function withDefaults({ name = "", tag = "", spec = "" }: HelmTarget = {}): HelmTarget {
  return { name: name || DEFAULT_HELM_NAME, tag: tag || DEFAULT_HELM_TAG, spec };
}

function settingsOf(prefix: string, target: HelmTarget, path: string): readonly string[] {
  const { name, tag, spec } = target;
  if (spec) return [`${prefix}spec`];
  return [...(name === path ? [`${prefix}name`] : []), ...(tag === path ? [`${prefix}tag`] : [])];
}

/** `a[0].b` and `a[00].b` are one place; what is not a path is a place by its text. */
function stepsOf(path: string): readonly string[] {
  try {
    return parseHelmValuePath(path).flatMap(({ key, indexes }) => [
      key,
      ...indexes.map((index) => `[${index}]`),
    ]);
  } catch (error) {
    if (EditError.is(error)) return [path];
    throw error;
  }
}

type KustomizePlace = readonly [write: Omit<WrittenPlace, "value">, value: string];

const KUSTOMIZE_SETTINGS = ["kustomize.image-name"];

function kustomizePlace({ name, newName, newTag, digest }: KustomizationImage): KustomizePlace {
  const write = { steps: [name], label: `Kustomize image "${name}"`, settings: KUSTOMIZE_SETTINGS };
  return [write, JSON.stringify([newName ?? name, newTag, digest])];
}

/**
 * The name that an entry leaves behind: Argo CD sorts entries by name, and Kustomize applies those
 * that come later to it too.
 */
function passedPlace({
  name,
  newName,
  newTag,
  digest,
}: KustomizationImage): readonly KustomizePlace[] {
  if (newName === undefined || newName <= name) return [];
  const [write, value] = kustomizePlace({ name: newName, newTag, digest });
  return [[{ ...write, isPassed: true }, value]];
}
