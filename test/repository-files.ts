import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A text file of the repository. */
export interface RepositoryFile {
  /** Path from the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Entries of a package, each with its conditions. */
export type PackageExports = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** What the repository's own tests read of a package's manifest. */
export interface PackageManifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly exports?: PackageExports;
  readonly publishConfig?: { readonly exports?: PackageExports };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A folder below `packages/`. */
export interface WorkspacePackage {
  /** `packages/<name>`. */
  readonly folder: string;
  readonly manifest: PackageManifest;
}

/** An entry of a package: what a consumer may import, and the source behind it. */
export interface PackageEntry {
  /** As a consumer writes it: `@image-updater/core/testing`. */
  readonly specifier: string;
  /** Path of the source from the root. */
  readonly source: string;
}

const ROOT = new URL("../", import.meta.url);

/** The file of the repository at `path`, as a URL. */
export function repositoryUrl(path: string): URL {
  return new URL(path, ROOT);
}

/** The files that Git tracks, or would with the next `git add`. */
export function repositoryPaths(): readonly string[] {
  const options = ["-c", "safe.directory=*", "ls-files", "-z"];
  const output = execFileSync("git", [...options, "--cached", "--others", "--exclude-standard"], {
    cwd: fileURLToPath(ROOT),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = new Set(output.split("\0").filter((path) => path !== ""));
  return [...paths].filter((path) => existsSync(repositoryUrl(path))).toSorted();
}

/** Reads the files whose path `wanted` accepts. */
export function readRepositoryFiles(wanted: (path: string) => boolean): readonly RepositoryFile[] {
  return repositoryPaths()
    .filter(wanted)
    .map((path) => ({ path, text: readFileSync(repositoryUrl(path), "utf8") }));
}

/** The TypeScript sources below `folder`. */
export function readSources(folder: string): readonly RepositoryFile[] {
  return readRepositoryFiles((path) => path.startsWith(`${folder}/`) && path.endsWith(".ts"));
}

/** All packages that are published. */
export function workspacePackages(): readonly WorkspacePackage[] {
  return readRepositoryFiles((path) => /^packages\/[^/]+\/package\.json$/.test(path)).map(
    ({ path, text }) => ({
      folder: path.slice(0, -"/package.json".length),
      manifest: JSON.parse(text) as PackageManifest,
    }),
  );
}

/** The entries a package declares in its `exports`. */
export function packageEntries({ folder, manifest }: WorkspacePackage): readonly PackageEntry[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([key, conditions]) => {
    if (typeof conditions === "string") return [];
    const source = conditions["@image-updater/source"];
    if (source === undefined) return [];
    return [{ specifier: manifest.name + key.slice(1), source: folder + source.slice(1) }];
  });
}
