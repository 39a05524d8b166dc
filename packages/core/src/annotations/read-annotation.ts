import { applicationKey, imageKeys, ownKey } from "./annotation-keys.js";

/** Annotations of an Application. */
export type Annotations = Readonly<Record<string, string>>;

/** A value and the key it was found under. */
export interface FoundAnnotation {
  readonly key: string;
  readonly value: string;
}

/** A setting of the whole application; a blank value counts as absent. */
export function readApplicationSetting(
  annotations: Annotations,
  setting: string,
): FoundAnnotation | undefined {
  return readKeys(annotations, [applicationKey(setting)]);
}

/** A setting that only this SDK has; a blank value counts as absent. */
export function readOwnSetting(
  annotations: Annotations,
  setting: string,
): FoundAnnotation | undefined {
  return readKeys(annotations, [ownKey(setting)]);
}

/** A setting of one image; a blank value counts as absent, and an image without alias has none. */
export function readImageSetting(
  annotations: Annotations,
  alias: string,
  setting: string,
): FoundAnnotation | undefined {
  return alias === "" ? undefined : readKeys(annotations, imageKeys(alias, setting));
}

function readKeys(annotations: Annotations, keys: readonly string[]): FoundAnnotation | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    if (value !== undefined && value.trim() !== "") return { key, value };
  }
  return undefined;
}
