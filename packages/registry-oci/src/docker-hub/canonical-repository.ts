import { defaultRegistry, type Repository } from "@image-updater/core";

const HUB_URL =
  /^https:\/\/(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)(?:\/v[12])?\/*$/i;

/**
 * The API URL without slashes at its end. All names of Docker Hub are one, so that they share
 * credentials, tokens and limits.
 */
export function canonicalApiUrl(apiUrl: string): string {
  return HUB_URL.test(apiUrl) ? defaultRegistry.apiUrl : apiUrl.replace(/(?<!\/)\/+$/, "");
}

/** Whether the repository is on Docker Hub, under any of its names. */
export function isDockerHub({ apiUrl }: Pick<Repository, "apiUrl">): boolean {
  return HUB_URL.test(apiUrl);
}

/** The repository under the one name it is read by: Docker Hub's official images live in `library`. */
export function canonicalRepository(repository: Repository): Repository {
  if (!isDockerHub(repository)) return repository;
  const { path } = repository;
  return {
    ...repository,
    apiUrl: canonicalApiUrl(repository.apiUrl),
    path: path === "" || path.includes("/") ? path : `${defaultRegistry.defaultNamespace}/${path}`,
  };
}
