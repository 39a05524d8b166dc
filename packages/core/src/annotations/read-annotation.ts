import { splitList, type ListItem } from "../image/list-items.js";
import { applicationKey, imageKeys, ownKey, SHARED_SETTINGS } from "./annotation-keys.js";

/** Annotations of an Application. */
export type Annotations = Readonly<Record<string, string>>;

/** A value and the key it was found under. */
export interface FoundAnnotation {
  readonly key: string;
  /** Without the blanks and line breaks around it, which YAML's block scalars leave. */
  readonly value: string;
  /** Where `value` begins in the annotation. */
  readonly offset: number;
}

/** A setting of the whole application. A blank value counts as absent, but for `ignore-tags`. */
export function readApplicationSetting(
  annotations: Annotations,
  setting: string,
): FoundAnnotation | undefined {
  return readKeys(annotations, setting, [applicationKey(setting)]);
}

/** A setting that only this SDK has; a blank value counts as absent. */
export function readOwnSetting(
  annotations: Annotations,
  setting: string,
): FoundAnnotation | undefined {
  return readKeys(annotations, setting, [ownKey(setting)]);
}

/**
 * A setting of one image; an image without alias has none. A blank value counts as absent, but a blank
 * `ignore-tags` switches that of the whole application off, as in Argo CD Image Updater.
 */
export function readImageSetting(
  annotations: Annotations,
  alias: string,
  setting: string,
): FoundAnnotation | undefined {
  return alias === "" ? undefined : readKeys(annotations, setting, imageKeys(alias, setting));
}

/** The items of an annotation that is a list, each where it stands in the annotation. */
export function itemsOf({ value, offset }: FoundAnnotation): readonly ListItem[] {
  return splitList(value).map((item) => ({ text: item.text, offset: offset + item.offset }));
}

function readKeys(
  annotations: Annotations,
  setting: string,
  keys: readonly string[],
): FoundAnnotation | undefined {
  const present = keys.flatMap((key) => {
    const text = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    if (text === undefined) return [];
    return [{ key, value: text.trim(), offset: text.length - text.trimStart().length }];
  });
  const filled = present.find(({ value }) => value !== "");
  return filled ?? (setting === SHARED_SETTINGS.ignoreTags ? present[0] : undefined);
}
