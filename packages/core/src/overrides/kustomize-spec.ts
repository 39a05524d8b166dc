import { splitReference } from "../image/reference-grammar.js";
import type { KustomizationImage } from "../ports/edits.js";

/** An image for `kustomize.images` of an Application. */
export interface KustomizeImageChange {
  /** The image name in the manifests that is replaced; absent or empty means the image's own. */
  readonly kustomizeName?: string | undefined;
  /** The full reference, `[registry/]repository[:tag][@digest]`. */
  readonly image: string;
}

/** Writes an image as an entry of `kustomize.images`: `[name=][registry/]repository[:tag][@digest]`. */
export function kustomizeEntry({ kustomizeName, image }: KustomizeImageChange): string {
  return kustomizeName ? `${kustomizeName}=${image}` : image;
}

/**
 * Reads an entry of `kustomize.images`, `[alias=][registry/]repository[:tag][@digest]`, as the entry
 * of a kustomization, as Argo CD Image Updater does: `name` is the alias where there is one, and then
 * `newName` is the image. Any text is one; an empty tag or digest counts as none. Names are kept as
 * written, since Kustomize compares them as text.
 */
export function parseKustomizeImage(text: string): KustomizationImage {
  const equals = text.indexOf("=");
  const { name, tag = "", digest = "" } = splitReference(text.slice(equals + 1));
  return {
    ...(equals > 0 ? { name: text.slice(0, equals), newName: name } : { name }),
    ...(tag === "" ? {} : { newTag: tag }),
    ...(digest === "" ? {} : { digest }),
  };
}

/**
 * Puts images into the `kustomize.images` of an Application: entries for the same name in the
 * manifests are replaced where they stand; where there is none, one is appended.
 *
 * Names are text, as they are to Kustomize: `nginx` and `docker.io/library/nginx` are two entries.
 * An alias takes over entries for its image's own name, as in Argo CD Image Updater, which takes all
 * entries of one repository path for the same, whatever their registry or alias.
 */
export function setKustomizeImages(
  existing: readonly string[],
  images: readonly string[],
): readonly string[] {
  return mergeEntries(existing, images, { claims: images, merge: (_found, text) => text });
}

/** The same for one image. */
export function setKustomizeImage(
  existing: readonly string[],
  change: KustomizeImageChange,
): readonly string[] {
  return setKustomizeImages(existing, [kustomizeEntry(change)]);
}

/**
 * Puts entries into the `kustomize.images` of an override file, matched as by
 * {@link setKustomizeImages}. As in Argo CD Image Updater, an entry without tag and digest keeps those
 * that are there, and one that says the same keeps the text that is there.
 *
 * Unlike there, a digest is written even when the tag stays. Those of the entries that `keepExisting`
 * names never replace one.
 */
export function mergeKustomizeImages(
  existing: readonly string[],
  images: readonly string[],
  keepExisting: readonly string[] = [],
): readonly string[] {
  const kept = new Set(keepExisting);
  const present = new Set(kept.size === 0 ? [] : existing.map(replacedName));
  const written = images.filter((text) => !kept.has(text) || !present.has(replacedName(text)));
  return mergeEntries(existing, written, { claims: images, kept, merge: keepWhatSaysAsMuch });
}

interface EntryMerge {
  /** Entries whose names belong to an image: no alias takes them over. */
  readonly claims: readonly string[];
  /** Entries that are only ever added. */
  readonly kept?: ReadonlySet<string> | undefined;
  readonly merge: (found: string, text: string) => string;
}

/**
 * What `images` come to when they are set one after the other: of two for one name the later one
 * counts, and it stands where the first did.
 */
function mergeEntries(
  existing: readonly string[],
  images: readonly string[],
  { claims, kept, merge }: EntryMerge,
): readonly string[] {
  const entries = [...existing];
  const places = new Map<string, number[]>();
  const claimed = new Set(claims.map(replacedName));
  for (const [index, text] of existing.entries()) addPlace(places, replacedName(text), index);
  for (const text of images) {
    const image = parseKustomizeImage(text);
    const { name, newName = "" } = image;
    const own = places.get(name) ?? [];
    // Kustomize would apply such an entry to what the alias has been replaced by.
    const isFree = newName !== "" && !claimed.has(newName);
    const isTaking = isFree && hasVersion(image) && kept?.has(text) !== true;
    const plain = ((isTaking ? places.get(newName) : undefined) ?? []).filter(
      (index) => !entries[index]?.includes("="),
    );
    for (const index of [...own, ...plain]) entries[index] = merge(entries[index] ?? text, text);
    for (const index of plain) addPlace(places, name, index);
    if (own.length + plain.length === 0) addPlace(places, name, entries.push(text) - 1);
  }
  return entries;
}

function addPlace(places: Map<string, number[]>, name: string, index: number): void {
  const found = places.get(name);
  if (found === undefined) places.set(name, [index]);
  else found.push(index);
}

/** Whether two entries make Kustomize do the same. */
export function isSameKustomizeEntry(left: string, right: string): boolean {
  const [one, other] = [parseKustomizeImage(left), parseKustomizeImage(right)];
  return (
    one.name === other.name &&
    (one.newName ?? one.name) === (other.newName ?? other.name) &&
    one.newTag === other.newTag &&
    one.digest === other.digest
  );
}

/** The image name in the manifests that an entry replaces, as the entry spells it. */
export function replacedName(text: string): string {
  return parseKustomizeImage(text).name;
}

function keepWhatSaysAsMuch(found: string, text: string): string {
  const [present, image] = [parseKustomizeImage(found), parseKustomizeImage(text)];
  if (hasVersion(image)) return isSameKustomizeEntry(found, text) ? found : text;
  const isSameImage = (present.newName ?? present.name) === (image.newName ?? image.name);
  return isSameImage && hasVersion(present) ? found : text;
}

function hasVersion({ newTag, digest }: KustomizationImage): boolean {
  return newTag !== undefined || digest !== undefined;
}
