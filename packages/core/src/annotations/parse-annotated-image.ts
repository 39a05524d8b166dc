import { hasErrors, type Diagnostic } from "../errors/diagnostic.js";
import type { CommonUpdateSettings, ImageSettings } from "../policy/image-settings.js";
import { mergeCommonSettings } from "../policy/merge-common-settings.js";
import {
  parsePolicySettings,
  type ImagePolicyOptions,
  type ParsedPolicy,
  type SharedParsing,
} from "../policy/parse-image-policy.js";
import { IMAGE_SETTINGS } from "./annotation-keys.js";
import { locateSetting, type FoundSetting, type ImageEntry } from "./locate-setting.js";
import { readImageSetting, type Annotations } from "./read-annotation.js";
import type { AliasSettings, readSharedSettings } from "./read-image-settings.js";

/** The settings that hold for every image of the application. */
export type SharedSettings = ReturnType<typeof readSharedSettings>;

/**
 * Parses one entry of `image-list` with its settings, those of the application below its own.
 *
 * The value is undefined when Argo CD Image Updater refuses one of the settings that hold for the
 * image. Nothing is said about the entry itself.
 */
export function parseAnnotatedImage(
  annotations: Annotations,
  entry: ImageEntry,
  own: AliasSettings,
  shared: SharedSettings,
  options: Omit<ImagePolicyOptions, "locate">,
  parsing: SharedParsing,
): ParsedPolicy {
  const { alias = "" } = entry.image;
  const about = (found: readonly Diagnostic[]): readonly Diagnostic[] =>
    found.map((diagnostic) => ({
      ...diagnostic,
      where: { ...diagnostic.where, image: alias === "" ? entry.imageName : alias },
    }));
  const problems = about([...own.diagnostics, ...shared.diagnostics]);
  if (own.value === undefined) return { value: undefined, diagnostics: problems };
  const { found } = own.value;
  const settings: ImageSettings = { ...own.value.settings, imageName: entry.imageName };
  // The only common setting that can be unreadable is one that the image may set itself.
  const overrides = settings.commonUpdateSettings?.forceUpdate !== undefined;
  if (hasErrors(shared.diagnostics) && !overrides) {
    return { value: undefined, diagnostics: problems };
  }
  const allowTags = found.get("allowTags") ?? shared.found.get("allowTags");
  const match = readTagMatch(annotations, alias, allowTags);
  const annotated = new Map([...shared.found, ...found]);
  if (match.found !== undefined) annotated.set("allowTags", match.found);
  const merged = mergeSettings(shared.settings, settings, match.found);
  const locate = locateSetting(entry, annotated);
  const policy = parsePolicySettings(entry.image, merged, { ...options, locate }, parsing);
  return {
    ...policy,
    diagnostics: [...policy.diagnostics, ...problems, ...about(match.diagnostics)],
  };
}

function mergeSettings(
  shared: CommonUpdateSettings,
  own: ImageSettings,
  match: FoundSetting | undefined,
): ImageSettings {
  const merged = mergeCommonSettings(shared, own.commonUpdateSettings);
  const commonUpdateSettings = match === undefined ? merged : { ...merged, allowTags: match.value };
  return { ...own, commonUpdateSettings };
}

/** `tag-match` of releases before 1.0: read only where no `allow-tags` says anything. */
function readTagMatch(
  annotations: Annotations,
  alias: string,
  allowTags: FoundSetting | undefined,
): { readonly found?: FoundSetting; readonly diagnostics: readonly Diagnostic[] } {
  const found = readImageSetting(annotations, alias, IMAGE_SETTINGS.tagMatch);
  if (found === undefined) return { diagnostics: [] };
  const message =
    allowTags === undefined
      ? `"tag-match" is deprecated; rename it to "allow-tags" with the same value`
      : `"tag-match" is deprecated and not read, since "${allowTags.key}" is set; remove it`;
  const diagnostic: Diagnostic = {
    severity: "warning",
    code: "deprecated-annotation",
    where: { annotation: found.key },
    message,
  };
  return { ...(allowTags === undefined ? { found } : {}), diagnostics: [diagnostic] };
}
