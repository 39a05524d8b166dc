import type { DiagnosticLocation } from "../errors/diagnostic.js";
import type { TrackedImage } from "../image/image-list.js";
import type { SettingName } from "../policy/parse-image-policy.js";
import { IMAGE_LIST_KEY } from "./annotation-keys.js";
import { locateItem } from "./list-items.js";
import type { FoundAnnotation } from "./read-annotation.js";

/** An entry of `image-list`, and where the image's name stands in the annotation. */
export interface ImageEntry {
  readonly tracked: TrackedImage;
  /** The entry without its alias: `[registry/]name[:constraint]`. */
  readonly imageName: string;
  /** Offset of `imageName`. */
  readonly offset: number;
}

/** Finds the parsed images of an `image-list` in its text, in order. */
export function locateEntries(
  listText: string,
  images: readonly TrackedImage[],
): readonly ImageEntry[] {
  const pending = [...images];
  return listText.split(",").flatMap((part, index) => {
    const [tracked] = pending;
    // What could not be parsed is not among the images.
    if (tracked === undefined || part.trim() !== tracked.text) return [];
    pending.shift();
    return [locateName(tracked, locateItem(listText, index).offset)];
  });
}

function locateName(tracked: TrackedImage, offset: number): ImageEntry {
  const { alias, text } = tracked;
  const hasAlias = alias !== undefined || text.startsWith("=");
  const start = hasAlias ? text.indexOf("=") + 1 : 0;
  const name = text.slice(start);
  const blanks = name.length - name.trimStart().length;
  return { tracked, imageName: name.trim(), offset: offset + start + blanks };
}

/** Says where the settings of an image were written. */
export function locateSetting(
  entry: ImageEntry,
  found: ReadonlyMap<SettingName, FoundAnnotation>,
): (setting: SettingName, item?: number) => DiagnosticLocation {
  return (setting, item) => {
    const annotation = found.get(setting);
    if (annotation === undefined) {
      return { annotation: IMAGE_LIST_KEY, offset: entry.offset, length: entry.imageName.length };
    }
    const { key, value } = annotation;
    if (item !== undefined) return { annotation: key, ...locateItem(value, item) };
    // Of these settings only this one is trimmed before it is parsed.
    const text = setting === "pullSecret" ? value.trim() : value;
    return { annotation: key, offset: value.indexOf(text), length: text.length };
  };
}
