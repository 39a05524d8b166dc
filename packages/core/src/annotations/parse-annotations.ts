import { hasErrors, type Diagnostic, type Parsed } from "../errors/diagnostic.js";
import { parseImageList, type TrackedImage } from "../image/image-list.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { SourceChoice } from "../policy/source-choice.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";
import {
  applicationKey,
  IMAGE_LIST_KEY,
  IMAGE_WORDS,
  imageKeys,
  OWN_SETTINGS,
  ownKey,
  SHARED_SETTINGS,
  WRITE_BACK_SETTINGS,
} from "./annotation-keys.js";
import { findUnknownAnnotations } from "./find-unknown-annotations.js";
import { locateEntries, type ImageEntry } from "./locate-setting.js";
import { parseAnnotatedImage } from "./parse-annotated-image.js";
import { parseSourceAnnotation } from "./parse-source-annotation.js";
import { parseWriteBackAnnotations } from "./parse-write-back-annotations.js";
import { readApplicationSetting, type Annotations } from "./read-annotation.js";
import { readSharedSettings } from "./read-image-settings.js";
import { textAnnotations } from "./text-annotations.js";

/** How annotations are understood. */
export interface AnnotationOptions {
  /** Strategies besides the built-in ones, named in `update-strategy`. */
  readonly strategies?: readonly UpdateStrategy[] | undefined;
  /** Namespace of the Application; secrets of another one are refused. */
  readonly applicationNamespace?: string | undefined;
  /** Makes an unknown strategy an error of its image. Default `false`: semver is used, with a warning. */
  readonly strict?: boolean | undefined;
}

/** An image that is listed but cannot be cared for; it counts as an error and stops no other image. */
export interface InvalidImage {
  /** The entry as written in `image-list`. */
  readonly text: string;
  readonly alias?: string | undefined;
  /** Why, as the first of its errors says. */
  readonly problem: Diagnostic;
}

/** What the annotations of one Application say. */
export interface AnnotatedApplication {
  readonly images: readonly ImagePolicy[];
  readonly invalidImages: readonly InvalidImage[];
  /** Undefined when a write-back annotation that is used is wrong: nothing may then be written. */
  readonly writeBack: WriteBackSettings | undefined;
  /** The source to write for, where somebody chose one. */
  readonly source?: SourceChoice | undefined;
}

/**
 * Parses all annotations under `argocd-image-updater.argoproj.io/`, and those under
 * `image-updater.dev/` that only this SDK has: `pull-request`, `pull-request-labels` and `source`.
 *
 * The value is undefined when `image-list` is absent (no diagnostic) or blank. The rules are those of
 * Argo CD Image Updater 1.3, and `tag-match` and `/` in an alias as of 0.x. One wrong image drops that
 * image only.
 */
export function parseAnnotations(
  annotations: Readonly<Record<string, unknown>>,
  options: AnnotationOptions = {},
): Parsed<AnnotatedApplication> {
  const { texts, diagnostics: notText } = textAnnotations(annotations);
  const listText = Object.hasOwn(texts, IMAGE_LIST_KEY) ? texts[IMAGE_LIST_KEY] : undefined;
  if (listText === undefined) {
    return { value: undefined, diagnostics: concerning(notText, [IMAGE_LIST_KEY]) };
  }
  const list = parseImageList(listText);
  const listDiagnostics = list.diagnostics.map((found) => ({
    ...found,
    where: { ...found.where, annotation: IMAGE_LIST_KEY },
  }));
  if (listText.split(",").every((entry) => entry.trim() === "")) {
    return { value: undefined, diagnostics: listDiagnostics };
  }
  const entries = locateEntries(listText, list.value ?? []);
  const images = parseImages(texts, notText, entries, options);
  const { diagnostics: targetDiagnostics, ...target } = parseTarget(texts, notText, options);
  const aliases = entries.map(({ tracked }) => tracked.alias ?? "");
  return {
    value: {
      images: images.flatMap(({ value }) => (value === undefined ? [] : [value])),
      invalidImages: [
        ...listDiagnostics.filter(isError).map((problem) => brokenEntry(listText, problem)),
        ...images.flatMap(({ entry, ...policy }) => invalidImage(entry.tracked, policy)),
      ],
      ...target,
    },
    diagnostics: [
      ...listDiagnostics,
      ...images.flatMap(({ diagnostics }) => diagnostics),
      ...targetDiagnostics,
      ...findUnknownAnnotations(annotations, aliases),
    ],
  };
}

function parseImages(
  texts: Annotations,
  notText: readonly Diagnostic[],
  entries: readonly ImageEntry[],
  options: AnnotationOptions,
): readonly (Parsed<ImagePolicy> & { readonly entry: ImageEntry })[] {
  const shared = readSharedSettings((setting) => readApplicationSetting(texts, setting));
  return entries.map((entry) => {
    const broken = brokenSettings(notText, entry);
    const policy = parseAnnotatedImage(texts, entry, shared, options);
    const diagnostics = [...broken, ...policy.diagnostics];
    return { entry, value: broken.length > 0 ? undefined : policy.value, diagnostics };
  });
}

/** What is written to, and for which source: nothing may be written where one of the two is wrong. */
function parseTarget(
  texts: Annotations,
  notText: readonly Diagnostic[],
  options: AnnotationOptions,
): Pick<AnnotatedApplication, "writeBack" | "source"> & Pick<Parsed<never>, "diagnostics"> {
  const keys = [
    ...Object.values(WRITE_BACK_SETTINGS).map((setting) => applicationKey(setting)),
    ...Object.values(OWN_SETTINGS).map((setting) => ownKey(setting)),
  ];
  const broken = concerning(notText, keys);
  const writeBack = parseWriteBackAnnotations(texts, options);
  const source = parseSourceAnnotation(texts);
  const isWrong = broken.length > 0 || hasErrors(source.diagnostics);
  return {
    writeBack: isWrong ? undefined : writeBack.value,
    ...(source.value === undefined ? {} : { source: source.value }),
    diagnostics: [...broken, ...writeBack.diagnostics, ...source.diagnostics],
  };
}

/** Values that are no text among the settings that hold for an image. */
function brokenSettings(
  notText: readonly Diagnostic[],
  { tracked, imageName }: ImageEntry,
): readonly Diagnostic[] {
  const { alias = "" } = tracked;
  const own = alias === "" ? [] : IMAGE_WORDS.flatMap((setting) => imageKeys(alias, setting));
  const shared = Object.values(SHARED_SETTINGS).map((setting) => applicationKey(setting));
  const image = alias === "" ? imageName : alias;
  return concerning(notText, [...own, ...shared]).map((found) => ({
    ...found,
    where: { ...found.where, image },
  }));
}

function concerning(
  diagnostics: readonly Diagnostic[],
  keys: readonly string[],
): readonly Diagnostic[] {
  return diagnostics.filter(({ where }) => keys.some((key) => key === where.annotation));
}

function isError(diagnostic: Diagnostic): boolean {
  return hasErrors([diagnostic]);
}

function invalidImage(tracked: TrackedImage, policy: Parsed<ImagePolicy>): readonly InvalidImage[] {
  if (policy.value !== undefined) return [];
  const problem = policy.diagnostics.find(isError);
  if (problem === undefined) return [];
  const { text, alias } = tracked;
  return [{ text, ...(alias === undefined ? {} : { alias }), problem }];
}

function brokenEntry(listText: string, problem: Diagnostic): InvalidImage {
  const { offset = 0, length = listText.length } = problem.where;
  return { text: listText.slice(offset, offset + length), problem };
}
