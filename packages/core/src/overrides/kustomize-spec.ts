import { sameImageIgnoringDockerHub } from "../image/same-image.js";
import type { KustomizationImage } from "../ports/edits.js";
import { type KustomizeEntry, parseKustomizeEntry } from "./kustomize-entry.js";

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
 * Reads an entry of `kustomize.images` as the entry of a kustomization, as Argo CD Image Updater
 * does: `name` is the alias where there is one, and then `newName` is the image. Names are kept as
 * written, since Kustomize compares them as text.
 */
export function parseKustomizeImage(text: string): KustomizationImage {
  const { alias, name, tag, digest } = parseKustomizeEntry(text);
  return {
    name: alias ?? name,
    ...(alias !== undefined && { newName: name }),
    ...(tag !== undefined && { newTag: tag }),
    ...(digest !== undefined && { digest }),
  };
}

/**
 * Puts an image into the `kustomize.images` of an Application, as Argo CD Image Updater does: entries
 * of the same repository path are replaced where they stand whatever their registry, unless both
 * carry an alias and these differ; otherwise one with the same alias is; otherwise it is appended.
 *
 * Narrower than there in two ways: an entry that is the very image (alias, registry and path) is
 * preferred to one that resembles it, and two registries that are both written out make two images
 * unless an alias relates them.
 */
export function setKustomizeImage(
  existing: readonly string[],
  change: KustomizeImageChange,
): readonly string[] {
  const image = parseKustomizeEntry(kustomizeEntry(change));
  const entries = existing.map(parseKustomizeEntry);
  for (const matches of [isVeryImage, isSimilarImage, hasSameAlias]) {
    if (entries.some((entry) => matches(entry, image))) {
      return entries.map((entry) => (matches(entry, image) ? image.text : entry.text));
    }
  }
  return [...existing, image.text];
}

/**
 * Puts entries into the `kustomize.images` of an override file, as Argo CD Image Updater does:
 * matched by path and registry (none means Docker Hub), replaced where they stand or appended. An
 * entry without tag and digest keeps those that are there, and so does one that says the same.
 *
 * Unlike there, an alias counts: entries with an alias match by the alias alone, so two aliases of
 * one image are two entries. And a digest is written even when the tag stays. Those of the entries
 * that `keepExisting` names never replace one.
 */
export function mergeKustomizeImages(
  existing: readonly string[],
  images: readonly string[],
  keepExisting: readonly string[] = [],
): readonly string[] {
  const present = existing.map(parseKustomizeEntry);
  return images
    .map(parseKustomizeEntry)
    .filter((image) => !(keepExisting.includes(image.text) && isPresent(present, image)))
    .reduce(mergeEntry, present)
    .map(({ text }) => text);
}

function isPresent(entries: readonly KustomizeEntry[], image: KustomizeEntry): boolean {
  return entries.some((entry) => isSameEntry(entry, image));
}

function mergeEntry(
  entries: readonly KustomizeEntry[],
  image: KustomizeEntry,
): readonly KustomizeEntry[] {
  const index = entries.findIndex((entry) => isSameEntry(entry, image));
  const found = entries[index];
  if (found === undefined) return [...entries, image];
  return isKept(found, image) ? entries : entries.with(index, image);
}

function isSameEntry(entry: KustomizeEntry, image: KustomizeEntry): boolean {
  if (entry.alias === undefined && image.alias === undefined)
    return sameImageIgnoringDockerHub(entry, image);
  return hasSameName(entry, image);
}

function isKept(entry: KustomizeEntry, image: KustomizeEntry): boolean {
  if (!sameImageIgnoringDockerHub(entry, image)) return false;
  if (!hasVersion(image)) return hasVersion(entry);
  return entry.tag === image.tag && entry.digest === image.digest;
}

function hasVersion({ tag, digest }: KustomizeEntry): boolean {
  return tag !== undefined || digest !== undefined;
}

function isVeryImage(entry: KustomizeEntry, image: KustomizeEntry): boolean {
  return entry.alias === image.alias && sameImageIgnoringDockerHub(entry, image);
}

function isSimilarImage(entry: KustomizeEntry, image: KustomizeEntry): boolean {
  if (entry.repository !== image.repository || haveDifferentAliases(entry, image)) return false;
  return (
    hasSameName(entry, image) ||
    sameImageIgnoringDockerHub(entry, image) ||
    entry.registry === undefined ||
    image.registry === undefined
  );
}

function haveDifferentAliases(entry: KustomizeEntry, image: KustomizeEntry): boolean {
  return entry.alias !== undefined && image.alias !== undefined && entry.alias !== image.alias;
}

/** Whether both replace the same name in the manifests. */
function hasSameName(entry: KustomizeEntry, image: KustomizeEntry): boolean {
  return (entry.alias ?? entry.name) === (image.alias ?? image.name);
}

/** What Argo CD itself matches by; an entry without alias and tag is compared as a whole. */
function hasSameAlias(entry: KustomizeEntry, image: KustomizeEntry): boolean {
  return image.alias !== undefined && image.alias === (entry.alias ?? entry.text);
}
