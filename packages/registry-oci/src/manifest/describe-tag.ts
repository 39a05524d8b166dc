import { RegistryError, formatPlatform, platformMatches } from "@image-updater/core";
import type { Clock, Platform, TagDetails } from "@image-updater/core";
import { formatPlace } from "../http/transport-error.js";
import type { RepositorySession } from "../repository-session.js";
import { isTagName } from "../tags/tag-name.js";
import { compareBuildTimes } from "./build-time.js";
import { createConfigStore, type ConfigStore } from "./config-store.js";
import type { Descriptor, IndexEntry } from "./decode-manifest.js";
import type { ImageConfig } from "./image-config.js";
import { manifestKindOf } from "./media-types.js";
import { createManifestReader, type ManifestReader } from "./read-manifest.js";
import { rejectionOf, UnusableTagError } from "./unusable-tag.js";

const DEEPEST_INDEX = 3;
const MOST_CHILDREN = 100;

/** What was found behind a tag. */
interface Found {
  /** All platforms, wanted or not. */
  readonly available: Set<string>;
  /** The configs of the wanted ones. */
  readonly wanted: ImageConfig[];
  /** Manifests read for it; bounded, as an index may name any number. */
  children: number;
}

/**
 * What the tag points to: the newest build of the wanted platforms, as Argo CD Image Updater dates an
 * image, under the digest of the index or of the single manifest; or why nobody can use it.
 */
export async function describeTag(
  session: RepositorySession,
  tag: string,
  platforms: readonly string[],
  clock: Clock,
  configs: ConfigStore = createConfigStore(),
): Promise<TagDetails> {
  if (!isTagName(tag)) return { kind: "gone" };
  try {
    return await describeTagged(session, tag, platforms, clock, configs);
  } catch (error) {
    if (error instanceof UnusableTagError) return rejectionOf(error);
    throw error;
  }
}

async function describeTagged(
  session: RepositorySession,
  tag: string,
  platforms: readonly string[],
  clock: Clock,
  configs: ConfigStore,
): Promise<TagDetails> {
  const reader = createManifestReader(session, clock, configs);
  const tagged = await reader.readTag(tag);
  if (tagged === undefined) return { kind: "gone" };
  const { digest, manifest } = tagged;
  if (manifest.kind === "other") {
    return { kind: "not-an-image", mediaType: manifest.mediaType, digest };
  }
  const found: Found = { available: new Set(), wanted: [], children: 0 };
  const isWanted = (platform: string): boolean =>
    platforms.some((wanted) => platformMatches(wanted, platform));
  if (manifest.kind === "index") {
    await createIndexReader(session, reader, isWanted)(manifest.entries, found, 1);
  } else {
    await readSingle(reader, manifest.config, isWanted, found);
  }
  return detailsOf(digest, found);
}

async function readSingle(
  reader: ManifestReader,
  descriptor: Descriptor,
  isWanted: (platform: string) => boolean,
  found: Found,
): Promise<void> {
  const config = await reader.readConfig(descriptor);
  const platform = knownPlatform(config.platform);
  if (platform === undefined) return;
  found.available.add(platform);
  if (isWanted(platform)) found.wanted.push(config);
}

type ReadIndex = (entries: readonly IndexEntry[], found: Found, depth: number) => Promise<void>;

/** An entry's platform is what the index says; its config is read only when it is wanted. */
function createIndexReader(
  session: RepositorySession,
  reader: ManifestReader,
  isWanted: (platform: string) => boolean,
): ReadIndex {
  async function readEntry(entry: IndexEntry, found: Found, depth: number): Promise<void> {
    const platform = knownPlatform(entry.platform);
    const nested = manifestKindOf(entry.mediaType) === "index";
    if (platform !== undefined && !nested) found.available.add(platform);
    // An index in an index often has no platform of its own.
    if (platform === undefined ? !nested : !isWanted(platform)) return;
    found.children += 1;
    if (found.children > MOST_CHILDREN || depth > DEEPEST_INDEX) throw tooDeep(session, entry);
    const child = await reader.readManifest(entry);
    if (child.kind === "image") found.wanted.push(await reader.readConfig(child.config));
    if (child.kind === "index") await readEntries(child.entries, found, depth + 1);
  }

  async function readEntries(
    entries: readonly IndexEntry[],
    found: Found,
    depth: number,
  ): Promise<void> {
    for (const entry of entries) await readEntry(entry, found, depth);
  }

  return readEntries;
}

function tooDeep(session: RepositorySession, { digest }: IndexEntry): RegistryError {
  const place = session.place(digest);
  const limits = `${MOST_CHILDREN} images, ${DEEPEST_INDEX} levels`;
  const message = `${formatPlace(place)}: the index is over the limit (${limits})`;
  return new RegistryError("too-large", message, place);
}

function knownPlatform(platform: Platform | undefined): string | undefined {
  if (platform === undefined || platform.os === "" || platform.architecture === "")
    return undefined;
  return formatPlatform(platform);
}

function detailsOf(digest: string, { available, wanted }: Found): TagDetails {
  const platforms = [...available];
  const [first, ...others] = wanted;
  if (first === undefined) return { kind: "no-platform", digest, available: platforms };
  const { created, labels } = others.reduce(newer, first);
  if (created === undefined) return { kind: "image", digest, labels, platforms };
  const time = { at: created.at, source: "image-config" };
  return { kind: "image", digest, created: time, labels, platforms };
}

function newer(one: ImageConfig, other: ImageConfig): ImageConfig {
  if (other.created === undefined) return one;
  if (one.created === undefined) return other;
  return compareBuildTimes(other.created, one.created) > 0 ? other : one;
}
