import type { RegistryClient, Repository, TagSummary } from "@image-updater/core";
import { githubToken, type GhcrRegistrySettings } from "@image-updater/registry-ghcr";
import type {
  GithubTokenFixture,
  PackageVersionFixture,
} from "@image-updater/registry-ghcr/testing";
import { createClient, repositoryAt } from "./loopback.js";

export const TOKEN = "ghp_reader";
export const tokens: Readonly<Record<string, GithubTokenFixture>> = { [TOKEN]: { login: "robot" } };
export const credentials = githubToken(() => TOKEN);

/** Nothing of these calls goes to the registry. */
export const repository = repositoryAt("http://127.0.0.1:9");

export function digest(index: number): string {
  return `sha256:${index.toString(16).padStart(64, "0")}`;
}

/** Versions with a tag each, newest first. */
export function manyVersions(count: number): readonly PackageVersionFixture[] {
  return Array.from({ length: count }, (_, index) => ({
    digest: digest(index),
    tags: [`1.0.${count - index}`],
    createdAt: new Date(Date.UTC(2024, 0, 1) - index * 60_000).toISOString(),
  }));
}

/** A client that has its times from the API at `apiUrl`. */
export function clientOf(apiUrl: string, settings: GhcrRegistrySettings = {}): RegistryClient {
  return createClient({ tagTimes: "packages-api", credentials, apiUrl, ...settings });
}

/** The tags of a client that must have the method for it. */
export async function describeTags(
  client: RegistryClient,
  from: Repository,
  options: Parameters<RegistryClient["listTags"]>[1] = {},
): Promise<readonly TagSummary[]> {
  if (client.describeTags === undefined) throw new Error("the client has no describeTags");
  return client.describeTags(from, options);
}
