import type { CredentialReference } from "../config/credential-reference.js";
import type { CallOptions } from "./cancel-signal.js";

/** A repository on a registry, resolved: which API answers for it, under which path. */
export interface Repository {
  /** Host (and port) as images name it: `ghcr.io`, `docker.io`, `localhost:5000`. */
  readonly host: string;
  /** Path on the registry: `library/nginx`. */
  readonly path: string;
  /** Base URL of the registry's API without a trailing slash: `https://registry-1.docker.io`. */
  readonly apiUrl: string;
}

/** Where a time comes from; a vendor's adapter may add its own name. */
export type TimeSource = "image-config" | "tag-order" | (string & {});

/** When an image was built or pushed, and who says so. */
export interface ImageTime {
  /** RFC 3339, as the source wrote it: up to nanoseconds. */
  readonly at: string;
  readonly source: TimeSource;
}

/** A tag that is an image for a wanted platform. */
export interface DescribedImage {
  readonly kind: "image";
  /** Digest of what the tag points to: the index for a multi-platform image, else the manifest. */
  readonly digest: string;
  /** Newest build time over the wanted platforms; absent when the image has no usable date. */
  readonly created?: ImageTime | undefined;
  /** Labels of the image config that gave `created`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Platforms found, as `os/architecture[/variant]`. */
  readonly platforms: readonly string[];
}

/** A tag that was read and is known not to be a candidate. */
export type RejectedTag =
  | { readonly kind: "gone" }
  | {
      readonly kind: "not-an-image";
      readonly mediaType: string;
      readonly digest?: string | undefined;
    }
  | {
      readonly kind: "no-platform";
      readonly digest: string;
      readonly available: readonly string[];
    }
  /** The registry does not let it be pulled, by a policy of its own, and will not another time. */
  | { readonly kind: "refused"; readonly text: string }
  /** What it points to, or a part of that, is missing or is not what it should be. */
  | { readonly kind: "broken"; readonly text: string };

/** What is known about a tag. A tag that could not be read is an error, never one of these. */
export type TagDetails = DescribedImage | RejectedTag;

/** What a vendor's API says of one tag, many in one call; less than a description, and not confirmed. */
export interface TagSummary {
  readonly name: string;
  /** What the tag points to, as far as the API says. */
  readonly digest?: string | undefined;
  /** When the image was built or pushed; its source says which. */
  readonly created?: ImageTime | undefined;
}

/** Something a registry holds about a manifest: a signature, an attestation, a bill of materials. */
export interface Referrer {
  /** Digest of the referrer's own manifest; what it holds is not verified by listing it. */
  readonly digest: string;
  /** What it is, as its publisher says: `application/vnd.dev.sigstore.bundle.v0.3+json`. */
  readonly artifactType?: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What every call of a registry client may be given. */
export interface RegistryCallOptions extends CallOptions {
  /** The image's own credentials, which win over the registry's. */
  readonly credential?: CredentialReference | undefined;
  /**
   * Stops the caller's deadline while the call waits for its own turn: a rate limit, a place among a
   * few requests. What it answers lets the deadline go on. Waits may overlap. Time that a server takes
   * is not a turn of ours and counts.
   */
  readonly pauseDeadline?: (() => () => void) | undefined;
}

/** How to describe a tag. */
export interface DescribeOptions extends RegistryCallOptions {
  /** Wanted platforms, `os/architecture[/variant]`; at least one. */
  readonly platforms: readonly string[];
}

/** Which referrers to list. */
export interface ReferrersOptions extends RegistryCallOptions {
  /** Only referrers of this type; default all. */
  readonly artifactType?: string | undefined;
}

/**
 * Reads one kind of registry.
 *
 * Every method may be called at any time, in any order and concurrently. A method answers completely
 * or throws a `RegistryError`; part of an answer is never returned. Answers may be cached, a digest's
 * for good; nothing else may be remembered across identities.
 */
export interface RegistryClient {
  /** Version of this contract. */
  readonly contract: "registry-client/1";

  /** Whether this client reads the repository. The first client of the updater's list that does is used. */
  serves(repository: Repository): boolean;

  /**
   * All tags of the repository, each once, in the registry's own order.
   *
   * @throws RegistryError `not-found` when the repository does not exist; any code when one page failed.
   */
  listTags(repository: Repository, options?: RegistryCallOptions): Promise<readonly string[]>;

  /**
   * What a tag points to.
   *
   * A tag that is gone, is not an image, has no wanted platform, or can be used by nobody (`refused`,
   * `broken`) is an answer. What may pass is none: 401, 403, 429, 5xx, a timeout, a body over the limit.
   *
   * @throws RegistryError when the tag could not be read: the caller must not settle for another tag.
   */
  describeTag(repository: Repository, tag: string, options: DescribeOptions): Promise<TagDetails>;

  /** The digest a tag points to, `undefined` when the tag is gone. */
  resolveDigest(
    repository: Repository,
    tag: string,
    options?: RegistryCallOptions,
  ): Promise<string | undefined>;

  /**
   * Digests and times of all tags by a vendor's API, where a client has one and was told to use it.
   *
   * The updater orders candidates by these and has the winner described before it is believed.
   *
   * @throws RegistryError when the answer is not complete.
   */
  describeTags?(
    repository: Repository,
    options?: RegistryCallOptions,
  ): Promise<readonly TagSummary[]>;

  /**
   * All referrers of a manifest, each once, by the OCI distribution specification: its referrers API,
   * or where the registry has none, the index at the fallback tag `<algorithm>-<hex>`.
   *
   * An empty list says that there are none. `unsupported` says that nobody knows: the registry has
   * neither the API nor an index at that tag.
   *
   * @throws RegistryError when the answer is not complete; a refusal is never `unsupported`.
   */
  listReferrers?(
    repository: Repository,
    digest: string,
    options?: ReferrersOptions,
  ): Promise<readonly Referrer[] | "unsupported">;
}
