import type { ImageFixture, RegistryFixture } from "@image-updater/core/testing";
import { fallbackTagOf } from "../referrers/read-fallback-tag.js";
import { buildImage, type ImageFormat } from "./build-image.js";
import {
  buildReferrer,
  referrersIndex,
  referrersMediaType,
  type OciTestAttachment,
  type ReferrerDescriptor,
} from "./build-referrer.js";
import { jsonPart, type BuiltPart } from "./built-part.js";

/** What the test registry holds. */
export interface ImageStore {
  /** The image's digest. A tag that exists moves. */
  push(repository: string, image: ImageFixture): string;
  /** The referrer's digest; `tagged` also lists it at the fallback tag. */
  attach(
    repository: string,
    subject: string,
    attachment: OciTestAttachment,
    tagged: boolean,
  ): string;
  /** Whether there was such a tag or manifest. */
  delete(repository: string, reference: string): boolean;
  has(repository: string): boolean;
  /** Oldest push first. */
  tags(repository: string): readonly string[];
  /** By tag or digest. */
  manifest(repository: string, reference: string): BuiltPart | undefined;
  blob(repository: string, digest: string): BuiltPart | undefined;
  /** Those that are still there, oldest first. */
  referrers(repository: string, subject: string): readonly ReferrerDescriptor[];
  /** Whether the tag is this one, or leads to the digest. */
  belongsTo(repository: string, reference: string, tag: string): boolean;
}

interface StoredRepository {
  readonly parts: Map<string, BuiltPart>;
  /** Each tag with all digests behind it, its own first. */
  readonly tags: Map<string, readonly string[]>;
  /** By subject. */
  readonly referrers: Map<string, readonly ReferrerDescriptor[]>;
}

/** A store with the fixture's images. */
export function createImageStore(fixture: RegistryFixture, format: ImageFormat): ImageStore {
  const repositories = new Map<string, StoredRepository>();

  function create(name: string): StoredRepository {
    const repository: StoredRepository = {
      parts: new Map(),
      tags: new Map(),
      referrers: new Map(),
    };
    repositories.set(name, repository);
    return repository;
  }

  function push(name: string, image: ImageFixture): string {
    const repository = repositories.get(name) ?? create(name);
    const parts = buildImage(image, format);
    for (const part of parts) repository.parts.set(part.digest, part);
    repository.tags.set(
      image.tag,
      parts.map(({ digest }) => digest),
    );
    return parts[0].digest;
  }

  function find(name: string, reference: string): BuiltPart | undefined {
    const repository = repositories.get(name);
    const digest = repository?.tags.get(reference)?.[0] ?? reference;
    return repository?.parts.get(digest);
  }

  function referrers(name: string, subject: string): readonly ReferrerDescriptor[] {
    const repository = repositories.get(name);
    const attached = repository?.referrers.get(subject) ?? [];
    return attached.filter(({ digest }) => repository?.parts.has(digest));
  }

  function attach(
    name: string,
    subject: string,
    attachment: OciTestAttachment,
    tagged: boolean,
  ): string {
    const repository = repositories.get(name);
    const manifest = repository?.parts.get(subject);
    if (repository === undefined || manifest === undefined) {
      throw new Error(`${name} has no manifest ${subject}`);
    }
    const { entry, parts } = buildReferrer(manifest, attachment);
    const others = referrers(name, subject).filter(({ digest }) => digest !== entry.digest);
    for (const part of parts) repository.parts.set(part.digest, part);
    repository.referrers.set(subject, [...others, entry]);
    if (!tagged) return entry.digest;
    const list = referrersIndex(referrers(name, subject));
    const index = jsonPart("manifest", referrersMediaType, list);
    repository.parts.set(index.digest, index);
    repository.tags.set(fallbackTagOf(subject), [index.digest]);
    return entry.digest;
  }

  for (const [name, images] of Object.entries(fixture)) {
    create(name);
    for (const image of images) push(name, image);
  }

  return {
    push,
    attach,
    referrers,
    delete(name, reference): boolean {
      const repository = repositories.get(name);
      if (repository === undefined) return false;
      if (repository.tags.delete(reference)) return true;
      for (const [tag, [digest]] of repository.tags) {
        if (digest === reference) repository.tags.delete(tag);
      }
      return repository.parts.delete(reference);
    },
    has: (name) => repositories.has(name),
    tags: (name) => [...(repositories.get(name)?.tags.keys() ?? [])],
    manifest(name, reference): BuiltPart | undefined {
      const part = find(name, reference);
      return part?.kind === "manifest" ? part : undefined;
    },
    blob(name, digest): BuiltPart | undefined {
      const part = repositories.get(name)?.parts.get(digest);
      return part?.kind === "manifest" ? undefined : part;
    },
    belongsTo(name, reference, tag): boolean {
      const digests = repositories.get(name)?.tags.get(tag) ?? [];
      return reference === tag || digests.includes(reference);
    },
  };
}
