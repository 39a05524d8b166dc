/** A repository of GitHub or Gitea. */
export interface OwnerRepository {
  readonly owner: string;
  readonly repository: string;
}

/**
 * The owner and name of a repository, out of any form of its URL: the first two segments of the path,
 * as Argo CD Image Updater. `undefined` for a path with fewer.
 */
export function parseOwnerRepository(url: string): OwnerRepository | undefined {
  const [owner, name] = pathSegments(url);
  if (owner === undefined || name === undefined) return undefined;
  const repository = withoutSuffix(name);
  return repository === "" ? undefined : { owner, repository };
}

/**
 * The full path of a GitLab project, groups included, out of any form of its repository's URL.
 * `undefined` for a path with fewer than two segments.
 */
export function parseGitlabProject(url: string): string | undefined {
  const segments = pathSegments(url);
  const last = segments.at(-1);
  if (segments.length < 2 || last === undefined) return undefined;
  const name = withoutSuffix(last);
  return name === "" ? undefined : [...segments.slice(0, -1), name].join("/");
}

function withoutSuffix(name: string): string {
  return name.replace(/\.git$/u, "");
}

function pathSegments(url: string): readonly string[] {
  return pathOf(url.trim())
    .split("/")
    .filter((segment) => segment !== "");
}

/** The path of `scheme://host/path`, or of `user@host:path`, which is not a URL. */
function pathOf(url: string): string {
  if (!url.includes("://")) return /^[^/:]+:(.*)$/su.exec(url)?.[1] ?? "";
  if (!URL.canParse(url)) return "";
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
