import { hasErrors, type Diagnostic, type Parsed } from "../errors/diagnostic.js";
import { parseImageList, type TrackedImage } from "../image/image-list.js";
import type { ImagePolicy } from "../policy/image-policy.js";
import type { CommonUpdateSettings, ImageSettings } from "../policy/image-settings.js";
import { mergeCommonSettings } from "../policy/merge-common-settings.js";
import { parseImagePolicy, type SettingName } from "../policy/parse-image-policy.js";
import type { WriteBackSettings } from "../ports/write-back-settings.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";
import { IMAGE_LIST_KEY, IMAGE_SETTINGS } from "./annotation-keys.js";
import { findUnknownAnnotations } from "./find-unknown-annotations.js";
import { parseWriteBackAnnotations } from "./parse-write-back-annotations.js";
import { readImageSetting, type Annotations } from "./read-annotation.js";
import {
  readCommonSettings,
  readImageSettings,
  type AnnotatedSettings,
} from "./read-image-settings.js";

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
  /** Undefined when a write-back annotation is wrong: nothing may then be written. */
  readonly writeBack: WriteBackSettings | undefined;
}

/**
 * Parses all annotations under `argocd-image-updater.argoproj.io/`.
 *
 * The value is undefined when `image-list` is absent (no diagnostic) or names no image. The rules are
 * those of Argo CD Image Updater 1.3, and `tag-match` and `/` in an alias as of 0.x. One wrong image
 * drops that image only.
 */
export function parseAnnotations(
  annotations: Annotations,
  options: AnnotationOptions = {},
): Parsed<AnnotatedApplication> {
  const listText = Object.hasOwn(annotations, IMAGE_LIST_KEY)
    ? annotations[IMAGE_LIST_KEY]
    : undefined;
  if (listText === undefined) return { value: undefined, diagnostics: [] };
  const list = parseImageList(listText);
  const listDiagnostics = list.diagnostics.map((found) => ({
    ...found,
    where: { ...found.where, annotation: IMAGE_LIST_KEY },
  }));
  if (list.value === undefined) return { value: undefined, diagnostics: listDiagnostics };
  const common = readCommonSettings(annotations);
  const parsed = list.value.map((tracked) => ({
    tracked,
    policy: parseOne(annotations, tracked, common, options),
  }));
  const writeBack = parseWriteBackAnnotations(annotations, options);
  const invalid = parsed.flatMap(({ tracked, policy }) => invalidImage(tracked, policy));
  const broken = listDiagnostics.filter((found) => found.severity === "error");
  return {
    value: {
      images: parsed.flatMap(({ policy }) => (policy.value === undefined ? [] : [policy.value])),
      invalidImages: [...broken.map((problem) => brokenEntry(listText, problem)), ...invalid],
      writeBack: writeBack.value,
    },
    diagnostics: [
      ...listDiagnostics,
      ...parsed.flatMap(({ policy }) => policy.diagnostics),
      ...writeBack.diagnostics,
      ...findUnknownAnnotations(
        annotations,
        list.value.map((tracked) => tracked.alias ?? ""),
      ),
    ],
  };
}

function parseOne(
  annotations: Annotations,
  tracked: TrackedImage,
  common: Parsed<AnnotatedSettings<CommonUpdateSettings>>,
  options: AnnotationOptions,
): Parsed<ImagePolicy> {
  const alias = tracked.alias ?? "";
  const own = readImageSettings(annotations, alias, imageName(tracked));
  const ownForces = own.value?.settings.commonUpdateSettings?.forceUpdate !== undefined;
  const commonProblem = common.value === undefined && !ownForces ? common.diagnostics : [];
  if (own.value === undefined || hasErrors(commonProblem)) {
    return { value: undefined, diagnostics: [...own.diagnostics, ...commonProblem] };
  }
  const merged = mergeCommonSettings(
    common.value?.settings,
    own.value.settings.commonUpdateSettings,
  );
  const match = readTagMatch(annotations, alias, merged);
  const settings: ImageSettings = {
    ...own.value.settings,
    commonUpdateSettings: match === undefined ? merged : { ...merged, allowTags: match.value },
  };
  const keys = new Map([
    ...(common.value?.keys ?? []),
    ...own.value.keys,
    ...(match === undefined ? [] : [["allowTags", match.key] as const]),
  ]);
  const policy = parseImagePolicy(settings, {
    ...options,
    locate: (setting: SettingName) => ({ annotation: keys.get(setting) ?? IMAGE_LIST_KEY }),
  });
  const diagnostics = [...policy.diagnostics, ...(match === undefined ? [] : [match.warning])];
  return { value: policy.value, diagnostics };
}

function imageName(tracked: TrackedImage): string {
  const alias = tracked.alias ?? "";
  return alias === "" ? tracked.text : tracked.text.slice(tracked.text.indexOf("=") + 1).trim();
}

/** `tag-match` of releases before 1.0: read only where no `allow-tags` says anything. */
function readTagMatch(
  annotations: Annotations,
  alias: string,
  settings: CommonUpdateSettings,
): { readonly key: string; readonly value: string; readonly warning: Diagnostic } | undefined {
  if (settings.allowTags !== undefined) return undefined;
  const found = readImageSetting(annotations, alias, IMAGE_SETTINGS.tagMatch);
  if (found === undefined) return undefined;
  const message = `"tag-match" is deprecated; rename it to "allow-tags" with the same value`;
  return {
    ...found,
    warning: {
      severity: "warning",
      code: "deprecated-annotation",
      where: { annotation: found.key, image: alias },
      message,
    },
  };
}

function invalidImage(tracked: TrackedImage, policy: Parsed<ImagePolicy>): readonly InvalidImage[] {
  if (policy.value !== undefined) return [];
  const problem = policy.diagnostics.find((found) => found.severity === "error");
  if (problem === undefined) return [];
  return [{ text: tracked.text, alias: tracked.alias, problem }];
}

function brokenEntry(listText: string, problem: Diagnostic): InvalidImage {
  const { offset = 0, length = listText.length } = problem.where;
  return { text: listText.slice(offset, offset + length), problem };
}
