import type { CredentialReference } from "./credential-reference.js";

/** The order in which a registry lists tags, as its operator promises. */
export type TagSortMode = "latest-first" | "latest-last" | "unsorted";

/** One registry as `registries.conf` describes it. */
export interface RegistryConfig {
  readonly name: string;
  /** Base URL of the API without a trailing slash. */
  readonly apiUrl: string;
  /** The images it serves: a registry host, or a host with the beginning of a path. */
  readonly prefix?: string | undefined;
  /** Read for compatibility; nothing uses it. */
  readonly ping?: boolean | undefined;
  readonly credentials?: CredentialReference | undefined;
  /** Credentials are asked for again after this; absent means never. */
  readonly credentialsExpireSeconds?: number | undefined;
  readonly tagSortMode: TagSortMode;
  /** Do not verify the registry's certificate; `caFile` and `caData` then mean nothing. */
  readonly insecure: boolean;
  /** Path of a PEM file with additional certificate authorities. */
  readonly caFile?: string | undefined;
  /** PEM text with additional certificate authorities. */
  readonly caData?: string | undefined;
  /** Put before image names that have no `/`. */
  readonly defaultNamespace?: string | undefined;
  /** Absent means unlimited. */
  readonly requestsPerSecond?: number | undefined;
  /** Whether images without a registry are looked up here. */
  readonly isDefault: boolean;
  /**
   * Why the entry cannot be used as it is written; absent when it can. The images that it serves are
   * errors then: looked up elsewhere, or without credentials, they might come out as other images.
   */
  readonly problem?: string | undefined;
}

/** Docker Hub as built into Argo CD Image Updater; used where the configuration says nothing else. */
export const defaultRegistry: RegistryConfig = {
  name: "Docker Hub",
  apiUrl: "https://registry-1.docker.io",
  prefix: "docker.io",
  ping: true,
  tagSortMode: "unsorted",
  insecure: false,
  defaultNamespace: "library",
  requestsPerSecond: 10,
  isDefault: true,
};
