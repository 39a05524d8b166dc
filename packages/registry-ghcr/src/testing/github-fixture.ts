import type { GithubFault } from "./github-fault.js";

/** One version of a package: a digest and the tags that point to it. */
export interface PackageVersionFixture {
  /** `sha256:<hex>`; it is the version's name. */
  readonly digest: string;
  /** Default none, as for a part of an index. */
  readonly tags?: readonly string[] | undefined;
  /** RFC 3339; default `2024-01-01T00:00:00Z`. */
  readonly createdAt?: string | undefined;
  /** Default `createdAt`. */
  readonly updatedAt?: string | undefined;
}

/** Who a token is of, and what it may. */
export interface GithubTokenFixture {
  /** Absent for the token of a workflow or an App, which is of no user. */
  readonly login?: string | undefined;
  /** Default `["read:packages"]`. */
  readonly scopes?: readonly string[] | undefined;
  /** Private packages it sees beside its user's own, as `owner/name`. */
  readonly reads?: readonly string[] | undefined;
}

/** Options of `startGithubPackages`. */
export interface GithubPackagesOptions {
  /** `owner/name` to its versions, newest first; default none. */
  readonly packages?: Readonly<Record<string, readonly PackageVersionFixture[]>> | undefined;
  /** The owners that are organizations; the others are users. */
  readonly organizations?: readonly string[] | undefined;
  /** Packages that not every token sees. Those of a user are among the user's own only. */
  readonly privatePackages?: readonly string[] | undefined;
  /** The tokens that are known; default none, and nothing can be read. */
  readonly tokens?: Readonly<Record<string, GithubTokenFixture>> | undefined;
  /** Requests a token has in an hour, those answered 304 aside; default 5000. */
  readonly hourlyLimit?: number | undefined;
  /** Where the API begins, as `/api/v3` of an Enterprise Server; default the root. */
  readonly basePath?: string | undefined;
  /** What goes wrong from the start. */
  readonly faults?: readonly GithubFault[] | undefined;
}

/** A version with nothing left out. */
export interface StoredVersion {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Packages that change. */
export interface PackageStore {
  /** `undefined` when there is no such package. */
  versions(packageName: string): readonly StoredVersion[] | undefined;
  /** Adds a version as the newest; other versions lose its tags. */
  push(packageName: string, version: PackageVersionFixture): void;
}

/** The packages of a fixture; names count in lower case. */
export function createPackageStore(
  fixture: Readonly<Record<string, readonly PackageVersionFixture[]>>,
): PackageStore {
  const packages = new Map(
    Object.entries(fixture).map(([name, versions]) => [
      name.toLowerCase(),
      versions.map((version) => withDefaults(version)),
    ]),
  );
  return {
    versions: (packageName) => packages.get(packageName.toLowerCase()),
    push(packageName, fixtureVersion): void {
      const key = packageName.toLowerCase();
      const added = withDefaults(fixtureVersion);
      const others = packages.get(key) ?? [];
      packages.set(key, [added, ...others.map((other) => withoutTagsOf(added, other))]);
    },
  };
}

function withDefaults(version: PackageVersionFixture): StoredVersion {
  const { digest, tags = [], createdAt = "2024-01-01T00:00:00Z" } = version;
  return { digest, tags, createdAt, updatedAt: version.updatedAt ?? createdAt };
}

function withoutTagsOf(added: StoredVersion, other: StoredVersion): StoredVersion {
  const tags = other.tags.filter((tag) => !added.tags.includes(tag));
  if (tags.length === other.tags.length) return other;
  return { ...other, tags, updatedAt: added.createdAt };
}
