import { hasErrors, type Diagnostic, type Parsed } from "../errors/diagnostic.js";
import { quoteText } from "../errors/wording.js";
import { parseImageEntries, type ImageListEntry, type TrackedImage } from "../image/image-list.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import { createSharedParsing, type ParsedPolicy } from "../policy/parse-image-policy.js";
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
import { findMisspeltList, findUnknownAnnotations } from "./find-unknown-annotations.js";
import type { ImageEntry } from "./locate-setting.js";
import { parseAnnotatedImage } from "./parse-annotated-image.js";
import { parseSourceAnnotation } from "./parse-source-annotation.js";
import { parseWriteBackAnnotations } from "./parse-write-back-annotations.js";
import { readApplicationSetting, type Annotations } from "./read-annotation.js";
import { createAliasReader, readSharedSettings } from "./read-image-settings.js";
import { textAnnotations } from "./text-annotations.js";

/** How annotations are understood. */
export interface AnnotationOptions {
  /** Strategies besides the built-in ones, named in `update-strategy`. */
  readonly strategies?: readonly UpdateStrategy[] | undefined;
  /** Namespace of the Application; secrets of another one are refused. */
  readonly applicationNamespace?: string | undefined;
  /**
   * Makes an unknown strategy an error of its image, unless the updater is given a strategy of that name.
   * Default `false`: semver is then used, with a warning.
   */
  readonly strict?: boolean | undefined;
}

/** An image that is listed but cannot be cared for; it counts as an error and stops no other image. */
export interface InvalidImage {
  /** The entry as written in `image-list`. */
  readonly text: string;
  readonly alias?: string | undefined;
  /** Why, as the first of its errors says. */
  readonly problem: Diagnostic;
  /**
   * Its settings, where nothing but the name of its strategy is wrong: an updater that is given a
   * strategy of that name cares for the image by them.
   */
  readonly policy?: ImagePolicy | undefined;
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
 * The value is undefined when `image-list` is absent (no diagnostic, unless it is misspelt) or blank. The rules are those of
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
    const broken = concerning(notText, [IMAGE_LIST_KEY]);
    const misspelt = broken.length > 0 ? [] : findMisspeltList(annotations);
    return { value: undefined, diagnostics: [...broken, ...misspelt] };
  }
  const list = parseImageEntries(listText);
  const listDiagnostics = [...list.entries.flatMap(diagnosticsOf), ...list.diagnostics].map(inList);
  if (list.entries.length === 0) return { value: undefined, diagnostics: listDiagnostics };
  const entries = list.entries.flatMap((entry) => {
    const { image } = entry;
    return image === undefined ? [] : [{ ...entry, image }];
  });
  const images = parseImages(texts, notText, entries, options);
  const { diagnostics: targetDiagnostics, ...target } = parseTarget(texts, notText, options);
  const aliases = entries.map(({ image }) => image.alias ?? "");
  return {
    value: {
      images: images.flatMap(({ value }) => (value === undefined ? [] : [value])),
      invalidImages: [
        ...list.entries.flatMap(brokenEntry),
        ...images.flatMap(({ entry, ...policy }) => invalidImage(entry.image, policy)),
      ],
      ...target,
    },
    diagnostics: [
      ...listDiagnostics,
      ...images.flatMap(diagnosticsOf),
      ...targetDiagnostics,
      ...findUnknownAnnotations(annotations, aliases),
    ],
  };
}

function diagnosticsOf(part: Pick<Parsed<never>, "diagnostics">): readonly Diagnostic[] {
  return part.diagnostics;
}

function inList(found: Diagnostic): Diagnostic {
  return { ...found, where: { ...found.where, annotation: IMAGE_LIST_KEY } };
}

function parseImages(
  texts: Annotations,
  notText: readonly Diagnostic[],
  entries: readonly ImageEntry[],
  options: AnnotationOptions,
): readonly (ParsedPolicy & { readonly entry: ImageEntry })[] {
  const shared = readSharedSettings((setting) => readApplicationSetting(texts, setting));
  // What many images share is read and compiled once.
  const readAlias = createAliasReader(texts);
  const parsing = createSharedParsing();
  // Each annotation has at most one.
  const brokenKeys = new Map(notText.map((found) => [found.where.annotation ?? "", found]));
  return entries.map((entry) => {
    const broken = brokenSettings(brokenKeys, entry);
    const own = readAlias(entry.image.alias ?? "");
    const policy = parseAnnotatedImage(texts, entry, own, shared, options, parsing);
    const diagnostics = [...broken, ...cutConstraint(entry), ...policy.diagnostics];
    const isBroken = hasErrors([...broken, ...cutConstraint(entry)]);
    return { entry, ...(isBroken ? { value: undefined } : policy), diagnostics };
  });
}

/**
 * An error where a comma cut the constraint: what is left of it admits versions that the whole shuts
 * out. Argo CD Image Updater goes on with that.
 */
function cutConstraint({ image, uncut, nameOffset, imageName }: ImageEntry): readonly Diagnostic[] {
  if (uncut === undefined) return [];
  const message =
    `a comma cuts the constraint after ${quoteText(image.constraint ?? "")}, since commas separate ` +
    `images, and the rest would not count; write ${quoteText(uncut)}, with blanks`;
  const where = {
    annotation: IMAGE_LIST_KEY,
    image: image.alias ?? imageName,
    offset: nameOffset,
    length: imageName.length,
  };
  return [{ severity: "error", code: "ambiguous-constraint", where, message }];
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

/** Values that are not text among the settings that hold for an image. */
function brokenSettings(
  brokenKeys: ReadonlyMap<string, Diagnostic>,
  { image: { alias = "" }, imageName }: ImageEntry,
): readonly Diagnostic[] {
  if (brokenKeys.size === 0) return [];
  const own = alias === "" ? [] : IMAGE_WORDS.flatMap((setting) => imageKeys(alias, setting));
  const shared = Object.values(SHARED_SETTINGS).map((setting) => applicationKey(setting));
  const image = alias === "" ? imageName : alias;
  return [...own, ...shared]
    .flatMap((key) => brokenKeys.get(key) ?? [])
    .map((found) => ({ ...found, where: { ...found.where, image } }));
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

function invalidImage(tracked: TrackedImage, parsed: ParsedPolicy): readonly InvalidImage[] {
  if (parsed.value !== undefined) return [];
  const problem = parsed.diagnostics.find(isError);
  if (problem === undefined) return [];
  const { text, alias } = tracked;
  const { withoutStrategy: policy } = parsed;
  return [
    {
      text,
      ...(alias === undefined ? {} : { alias }),
      problem,
      ...(policy === undefined ? {} : { policy }),
    },
  ];
}

/** What stands in the list and names no image. */
function brokenEntry({ text, image, diagnostics }: ImageListEntry): readonly InvalidImage[] {
  const problem = image === undefined ? diagnostics.find(isError) : undefined;
  return problem === undefined ? [] : [{ text, problem: inList(problem) }];
}
