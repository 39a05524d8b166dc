import type { CredentialReference } from "../config/credential-reference.js";
import type { ImageReference } from "../image/image-reference.js";
import type { UpdateStrategy } from "../strategy/update-strategy.js";
import type { TagFilter } from "../tags/tag-filter.js";
import type { CosignKey, ManifestTargets } from "./image-settings.js";

/** One image under care, fully parsed: what annotations, a custom resource or code produce. */
export interface ImagePolicy {
  readonly alias?: string | undefined;
  /** The image without tag; a digest in the configured text is kept. */
  readonly image: ImageReference;
  /** Text after the colon of the configured image. */
  readonly constraint?: string | undefined;
  readonly strategy: UpdateStrategy;
  /** The word that asked for the strategy, when no known strategy has that name. */
  readonly unknownStrategy?: string | undefined;
  readonly tags: TagFilter;
  /** Wanted platforms, `os/architecture[/variant]`; empty means the updater's own. */
  readonly platforms: readonly string[];
  /** Update although no running container uses the image. */
  readonly forceUpdate: boolean;
  readonly pullSecret?: CredentialReference | undefined;
  readonly targets: ManifestTargets;
  /** Set when a new image may only be written with a good signature. */
  readonly verification?: ImageVerification | undefined;
}

/** Which signature a new image must carry. */
export interface ImageVerification {
  /** Where the public key is, a PEM text of an ECDSA key. */
  readonly cosignKey: CosignKey;
}
