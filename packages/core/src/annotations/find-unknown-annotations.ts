import type { Diagnostic } from "../errors/diagnostic.js";
import { didYouMean, nearestWord } from "../errors/wording.js";
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
    return message === undefined ? [] : [warn(key, message)];
  });
}

/**
 * A key that was probably meant to be `image-list`, for annotations without one: the Application is not
 * cared for, and nobody would know why.
 */
export function findMisspeltList(
  annotations: Readonly<Record<string, unknown>>,
): readonly Diagnostic[] {
  return Object.keys(annotations).flatMap((key) => {
    const slash = key.lastIndexOf("/") + 1;
    const isNear =
      nearestWord(key.slice(slash), LIST_WORDS) !== undefined &&
      nearestWord(key.slice(0, slash), [ANNOTATION_PREFIX]) !== undefined;
    if (!isNear) return [];
    return [warn(key, `nothing reads this; did you mean "${IMAGE_LIST_KEY}"?`)];
  });
}

const LIST_WORDS = ["image-list", "images"];

function warn(annotation: string, message: string): Diagnostic {
  return { severity: "warning", code: "unknown-annotation", where: { annotation }, message };
}

function explainUnknownOwn(name: string): string | undefined {
  const words = Object.values(OWN_SETTINGS);
  if (words.some((word) => word === name)) return undefined;
  return `${NO_SETTING}; the settings under ${OWN_PREFIX} are ${words.join(", ")}${didYouMean(name, words)}`;
}

function explainUnknownShared(key: string, aliases: ReadonlySet<string>): string | undefined {
  if (!key.startsWith(ANNOTATION_PREFIX) || key === IMAGE_LIST_KEY) return undefined;
  return explainUnknown(key.slice(ANNOTATION_PREFIX.length), aliases);
}

const NO_SETTING = "no setting has this name; it has no effect";
const SHARED_WORDS = [IMAGE_LIST_KEY.slice(ANNOTATION_PREFIX.length), ...APPLICATION_WORDS];

function explainUnknown(name: string, aliases: ReadonlySet<string>): string | undefined {
  if (APPLICATION_WORDS.has(name)) return undefined;
  const setting = IMAGE_WORDS.find((suffix) => name.endsWith(`.${suffix}`));
  if (setting !== undefined) {
    const alias = name.slice(0, -setting.length - 1);
    if (aliases.has(alias) && alias !== "") return undefined;
    const right = didYouMean(alias, aliases);
    return `no image of image-list has the alias "${alias}"; the setting has no effect${right}`;
  }
  if (IMAGE_WORDS.includes(name)) {
    return `"${name}" exists only per image; write "<alias>.${name}"`;
  }
  const removed = Object.entries(REMOVED_SETTINGS).find(([suffix]) => name.endsWith(`.${suffix}`));
  if (removed !== undefined) return `"${removed[0]}" is no longer read; write "${removed[1]}"`;
  return `${NO_SETTING}${suggest(name, aliases)}`;
}

/** A setting of an image when something stands before a dot, or else one of the application. */
function suggest(name: string, aliases: ReadonlySet<string>): string {
  if (name.length > LONGEST_KEY) return "";
  // An alias may hold dots, and so may a setting.
  const dots = Array.from(name.matchAll(/\./gu), ({ index }) => index);
  const known = dots.filter((dot) => aliases.has(name.slice(0, dot)));
  const whole = known.length > 0 ? undefined : nearestWord(name, SHARED_WORDS);
  if (whole !== undefined) return `; did you mean "${whole}"?`;
  for (const dot of [...known, ...dots]) {
    const word = nearestWord(name.slice(dot + 1), IMAGE_WORDS);
    if (word !== undefined) return `; did you mean "${name.slice(0, dot)}.${word}"?`;
  }
  return "";
}

/** What Kubernetes takes after the prefix of a key. */
const LONGEST_KEY = 63;
