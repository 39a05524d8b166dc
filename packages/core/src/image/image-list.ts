import type { Diagnostic, DiagnosticSeverity, Parsed } from "../errors/diagnostic.js";
import { createImageReference } from "./create-image-reference.js";
import type { ImageReference } from "./image-reference.js";
import { parseImageReference } from "./parse-image-reference.js";

/** An image to keep up to date, as an entry of `image-list` names it. */
export interface TrackedImage {
  /** The name under which the image's other settings are found. */
  readonly alias?: string | undefined;
  /** Without tag; a digest in the text is kept. */
  readonly image: ImageReference;
  /** Text after the colon: a version constraint, or a tag to follow. Empty for `nginx:`. */
  readonly constraint?: string | undefined;
  /** The entry as written, without the blanks around it. */
  readonly text: string;
}

/** The signs a version constraint begins with, none of which an alias or image does. */
const OPERATOR = /^[<>=!~^]/;
const BARE_VERSION = /^v?\d+(?:\.(?:\d+|[xX*]))*$/;
/** An alias ends at the first `=`, unless that `=` already belongs to a constraint. */
const ALIAS = /^(?<alias>[^=:<>!~^]*)=(?<image>.*)$/s;

/**
 * Reads one `[alias=]image[:constraint]`, whose constraint may hold commas, as in an `ImageUpdater`
 * resource. A `=` ends an alias only when nothing of a constraint stands before it: `nginx:>=1.0` has
 * no alias.
 */
export function parseTrackedImage(text: string): Parsed<TrackedImage> {
  return parseEntry(text.trim(), 0);
}

/**
 * Reads an `image-list` annotation: entries of {@link parseTrackedImage}, separated by commas; blank
 * ones are dropped. A comma always separates, also inside a constraint, as in Argo CD Image Updater;
 * what looks like the rest of a constraint gets a warning. Wrong entries are left out with an error.
 */
export function parseImageList(text: string): Parsed<readonly TrackedImage[]> {
  const entries = splitEntries(text);
  if (entries.length === 0) return { value: undefined, diagnostics: [emptyList(text)] };
  const results = entries.map(({ entry, offset }, index) => ({
    entry,
    offset,
    ...explainPiece(parseEntry(entry, offset), entry, offset, index),
  }));
  const images = results.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return {
    value: images.length === 0 ? undefined : images,
    diagnostics: [...results.flatMap(({ diagnostics }) => diagnostics), ...duplicates(results)],
  };
}

interface Entry {
  readonly entry: string;
  readonly offset: number;
}

function splitEntries(text: string): readonly Entry[] {
  let start = 0;
  return text.split(",").flatMap((part) => {
    const offset = start + (part.length - part.trimStart().length);
    start += part.length + 1;
    const entry = part.trim();
    return entry === "" ? [] : [{ entry, offset }];
  });
}

function parseEntry(entry: string, offset: number): Parsed<TrackedImage> {
  const { alias = "", image: imageText = entry } = ALIAS.exec(entry)?.groups ?? {};
  const aliasName = alias.trim();
  const { value: reference, diagnostics } = parseImageReference(imageText);
  if (reference === undefined) {
    return { value: undefined, diagnostics: [missingImage(entry, offset)] };
  }
  const { registry, repository, digest, tag, writtenName } = reference;
  const value: TrackedImage = {
    ...(aliasName === "" ? {} : { alias: aliasName }),
    image: createImageReference({ registry, repository, digest, writtenName }),
    ...(tag === undefined ? {} : { constraint: tag }),
    text: entry,
  };
  return {
    value,
    diagnostics: diagnostics.map((diagnostic) => ({
      ...diagnostic,
      where: locate(entry, offset, value.alias),
    })),
  };
}

/** Replaces the complaint about a strange name by what most likely happened: a constraint was cut. */
function explainPiece(
  parsed: Parsed<TrackedImage>,
  entry: string,
  offset: number,
  index: number,
): Parsed<TrackedImage> {
  const isPiece = OPERATOR.test(entry) || (index > 0 && BARE_VERSION.test(entry));
  if (!isPiece || parsed.value === undefined) return parsed;
  const message =
    `"${entry}" looks like part of a version constraint, but is read as an image: a comma separates ` +
    "images; write the constraint without commas, with spaces or ranges as ^1.2 instead";
  const diagnostic = diagnose("warning", entry, offset, message);
  return { value: parsed.value, diagnostics: [{ ...diagnostic, code: "ambiguous-constraint" }] };
}

function duplicates(
  results: readonly (Entry & { readonly value: TrackedImage | undefined })[],
): readonly Diagnostic[] {
  const seen = new Set<string>();
  return results.flatMap(({ value, entry, offset }) => {
    const alias = value?.alias;
    if (alias === undefined) return [];
    if (!seen.has(alias)) {
      seen.add(alias);
      return [];
    }
    const message = `the alias "${alias}" is used more than once; its settings apply to each image, so give every image its own alias`;
    const where = locate(entry, offset, alias);
    return [{ severity: "warning", code: "duplicate-alias", where, message }];
  });
}

function emptyList(text: string): Diagnostic {
  return diagnose(
    "error",
    text,
    0,
    "the list is empty; write [alias=]image[:constraint], comma-separated",
  );
}

function missingImage(entry: string, offset: number): Diagnostic {
  const message = `"${entry}" names no image; write [alias=]image[:constraint], as web=nginx:1.x`;
  return diagnose("error", entry, offset, message);
}

function diagnose(
  severity: DiagnosticSeverity,
  entry: string,
  offset: number,
  message: string,
): Diagnostic {
  return { severity, code: "invalid-image-list", where: locate(entry, offset, undefined), message };
}

function locate(entry: string, offset: number, alias: string | undefined): Diagnostic["where"] {
  return { image: alias ?? entry, offset, length: entry.length };
}
