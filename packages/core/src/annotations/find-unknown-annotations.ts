import type { Diagnostic } from "../errors/diagnostic.js";
import {
  ANNOTATION_PREFIX,
  APPLICATION_WORDS,
  IMAGE_LIST_KEY,
  IMAGE_WORDS,
  OWN_PREFIX,
  OWN_SETTINGS,
  REMOVED_SETTINGS,
} from "./annotation-keys.js";

/**
 * Keys under the two prefixes that nothing reads: a misspelt setting, an alias that is not in `image-list`,
 * or a setting that no longer exists. Each is a warning, since it silently has no effect.
 */
export function findUnknownAnnotations(
  annotations: Readonly<Record<string, unknown>>,
  aliases: readonly string[],
): readonly Diagnostic[] {
  const known = new Set(aliases.flatMap((alias) => [alias, alias.replaceAll("/", "_")]));
  return Object.keys(annotations).flatMap((key) => {
    const message = key.startsWith(OWN_PREFIX)
      ? explainUnknownOwn(key.slice(OWN_PREFIX.length))
      : explainUnknownShared(key, known);
    if (message === undefined) return [];
    return [
      { severity: "warning", code: "unknown-annotation", where: { annotation: key }, message },
    ];
  });
}

function explainUnknownOwn(name: string): string | undefined {
  const words = Object.values(OWN_SETTINGS);
  if (words.some((word) => word === name)) return undefined;
  return `no setting has this name; it has no effect; the settings under ${OWN_PREFIX} are ${words.join(", ")}`;
}

function explainUnknownShared(key: string, aliases: ReadonlySet<string>): string | undefined {
  if (!key.startsWith(ANNOTATION_PREFIX) || key === IMAGE_LIST_KEY) return undefined;
  return explainUnknown(key.slice(ANNOTATION_PREFIX.length), aliases);
}

function explainUnknown(name: string, aliases: ReadonlySet<string>): string | undefined {
  if (APPLICATION_WORDS.has(name)) return undefined;
  const setting = IMAGE_WORDS.find((suffix) => name.endsWith(`.${suffix}`));
  if (setting !== undefined) {
    const alias = name.slice(0, -setting.length - 1);
    if (aliases.has(alias) && alias !== "") return undefined;
    return `no image of image-list has the alias "${alias}"; the setting has no effect`;
  }
  if (IMAGE_WORDS.includes(name)) {
    return `"${name}" exists only per image; write "<alias>.${name}"`;
  }
  const removed = Object.entries(REMOVED_SETTINGS).find(([suffix]) => name.endsWith(`.${suffix}`));
  if (removed !== undefined) return `"${removed[0]}" is no longer read; write "${removed[1]}"`;
  return `no setting has this name; it has no effect`;
}
