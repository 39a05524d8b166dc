import type { Diagnostic, DiagnosticSeverity, Parsed } from "../errors/diagnostic.js";
import { quoteText } from "../errors/wording.js";
import { createImageReference } from "./create-image-reference.js";
import type { ImageReference } from "./image-reference.js";
import { splitList, type ListItem } from "./list-items.js";
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

/** An entry of an image list and where it stands, so that nobody has to look for it again. */
export interface ImageListEntry {
  /** The entry without the blanks around it. */
  readonly text: string;
  /** Where `text` begins in the list. */
  readonly offset: number;
  /** The entry without its alias: `[registry/]name[:constraint]`. */
  readonly imageName: string;
  /** Where `imageName` begins in the list. */
  readonly nameOffset: number;
  /** Undefined when the entry names no image, or only a part of a version constraint. */
  readonly image: TrackedImage | undefined;
  /** The constraint as it was probably meant, where a comma cut it and the rest stands in later entries. */
  readonly uncut?: string | undefined;
  /** Located in the list. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The signs a version constraint begins with, none of which an alias or image does. */
const OPERATOR = /^[<>=!~^]/;
/** What no name of an image looks like: an operator and the beginning of a version. */
const COMPARISON = /^(?:[<>]=?|!=|=[<>]|=|~>?|\^)\s*v?[\dxX*]/;
const BARE_VERSION = /^v?\d+(?:\.(?:\d+|[xX*]))*$/;
/** An alias ends at the first `=`, unless that `=` already belongs to a constraint. */
const ALIAS = /^(?<alias>[^=:<>!~^]*)=(?<image>.*)$/s;

/**
 * Reads one `[alias=]image[:constraint]`, whose constraint may hold commas, as in an `ImageUpdater`
 * resource. A `=` ends an alias only when nothing of a constraint stands before it: `nginx:>=1.0` has
 * no alias.
 */
export function parseTrackedImage(text: string): Parsed<TrackedImage> {
  const { image, diagnostics } = parseEntry({ text: text.trim(), offset: 0 });
  return { value: image, diagnostics };
}

/**
 * Reads an `image-list` annotation: entries of {@link parseTrackedImage}, separated by commas; blank
 * ones are dropped. A comma always separates, also inside a constraint, as in Argo CD Image Updater;
 * what looks like the rest of a constraint gets a diagnostic. Wrong entries are left out with an error.
 */
export function parseImageList(text: string): Parsed<readonly TrackedImage[]> {
  const { entries, diagnostics } = parseImageEntries(text);
  const images = entries.flatMap(({ image }) => (image === undefined ? [] : [image]));
  return {
    value: images.length === 0 ? undefined : images,
    diagnostics: [...entries.flatMap((entry) => entry.diagnostics), ...diagnostics],
  };
}

/** The entries of an image list, in order, and what is wrong with the list as a whole. */
export function parseImageEntries(text: string): {
  readonly entries: readonly ImageListEntry[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const items = splitList(text).filter((item) => item.text !== "");
  if (items.length === 0) return { entries: [], diagnostics: [emptyList(text)] };
  const entries = items.map((item, index) => explainPiece(parseEntry(item), index));
  return { entries: rejoinConstraints(entries), diagnostics: duplicates(entries) };
}

/** Notes at each image the rest of its constraint, which commas made entries of their own. */
function rejoinConstraints(entries: readonly ImageListEntry[]): readonly ImageListEntry[] {
  const pieces = new Map<ImageListEntry, string[]>();
  let head: ImageListEntry | undefined;
  for (const entry of entries) {
    if (!COMPARISON.test(entry.text)) head = entry;
    else if (head !== undefined) piecesOf(pieces, head).push(entry.text);
  }
  return entries.map((entry) => {
    const { constraint = "" } = entry.image ?? {};
    const rest = constraint === "" ? undefined : pieces.get(entry);
    return rest === undefined ? entry : { ...entry, uncut: [constraint, ...rest].join(" ") };
  });
}

function piecesOf(pieces: Map<ImageListEntry, string[]>, head: ImageListEntry): string[] {
  const found = pieces.get(head) ?? [];
  pieces.set(head, found);
  return found;
}

function parseEntry({ text, offset }: ListItem): ImageListEntry {
  const { alias = "", image: imageText = text } = ALIAS.exec(text)?.groups ?? {};
  const aliasName = alias.trim();
  const blanks = imageText.length - imageText.trimStart().length;
  const place = {
    text,
    offset,
    imageName: imageText.trim(),
    nameOffset: offset + (text.length - imageText.length) + blanks,
  };
  const { value: reference, diagnostics } = parseImageReference(imageText);
  if (reference === undefined) {
    return { ...place, image: undefined, diagnostics: [missingImage(text, offset)] };
  }
  const { registry, repository, digest, tag, writtenName } = reference;
  const image: TrackedImage = {
    ...(aliasName === "" ? {} : { alias: aliasName }),
    image: createImageReference({ registry, repository, digest, writtenName }),
    ...(tag === undefined ? {} : { constraint: tag }),
    text,
  };
  const where = locate(text, offset, image.alias);
  return { ...place, image, diagnostics: diagnostics.map((found) => ({ ...found, where })) };
}

/** Replaces the complaint about a strange name by what most likely happened: a constraint was cut. */
function explainPiece(entry: ImageListEntry, index: number): ImageListEntry {
  const { text, offset } = entry;
  const isPiece = OPERATOR.test(text) || (index > 0 && BARE_VERSION.test(text));
  if (!isPiece || entry.image === undefined) return entry;
  const message =
    `${quoteText(text)} looks like part of a version constraint, but is read as an image: a comma ` +
    "separates images; write the constraint without commas, as >=1.2 <2 or ^1.2";
  const found = diagnose("warning", text, offset, message);
  return { ...entry, diagnostics: [{ ...found, code: "ambiguous-constraint" }] };
}

function duplicates(entries: readonly ImageListEntry[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return entries.flatMap(({ image, text, offset }) => {
    const alias = image?.alias;
    if (alias === undefined) return [];
    if (!seen.has(alias)) {
      seen.add(alias);
      return [];
    }
    const message = `the alias ${quoteText(alias)} is used more than once; its settings apply to each image, so give every image its own alias`;
    const where = locate(text, offset, alias);
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
  const message = `${quoteText(entry)} names no image; write [alias=]image[:constraint], as web=nginx:1.x`;
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
