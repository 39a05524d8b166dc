import type { DiagnosticLocation } from "../errors/diagnostic.js";
import type { ImageListEntry, TrackedImage } from "../image/image-list.js";
import type { SettingName } from "../policy/parse-image-policy.js";
import { IMAGE_LIST_KEY } from "./annotation-keys.js";
import type { FoundAnnotation } from "./read-annotation.js";

/** An entry of `image-list` that names an image. */
export interface ImageEntry extends ImageListEntry {
  readonly image: TrackedImage;
}

/** A setting's annotation, and where its items begin when it is a list. */
export interface FoundSetting extends FoundAnnotation {
  /** Of the items that count. */
  readonly items?: readonly { readonly text: string; readonly offset: number }[] | undefined;
}

/** Says where the settings of an image were written. */
export function locateSetting(
  { imageName, nameOffset }: ImageEntry,
  found: ReadonlyMap<SettingName, FoundSetting>,
): (setting: SettingName, item?: number) => DiagnosticLocation {
  return (setting, item) => {
    const annotation = found.get(setting);
    if (annotation === undefined) {
      return { annotation: IMAGE_LIST_KEY, offset: nameOffset, length: imageName.length };
    }
    return { annotation: annotation.key, ...placeOf(annotation, item) };
  };
}

/** Where the value of an annotation stands, or one of its items. */
export function placeOf(
  { value, offset, items }: FoundSetting,
  item?: number,
): { readonly offset: number; readonly length: number } {
  const one = item === undefined ? undefined : items?.[item];
  return one === undefined
    ? { offset, length: value.length }
    : { offset: one.offset, length: one.text.length };
}
