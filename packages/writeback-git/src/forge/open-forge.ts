import { WriteBackError, type ForgeKind } from "@image-updater/core";
import type { ForgeAccess } from "../access/repository-access.js";
import type { RetryLimits } from "../retry.js";
import { apiBaseOf } from "./api-base.js";
import type { Forge } from "./forge.js";
import { createForgeCall } from "./forge-call.js";
import { parseGitlabProject, parseOwnerRepository } from "./forge-project.js";
import { createGiteaForge, giteaHeaders } from "./gitea-forge.js";
import { createGithubForge, githubHeaders } from "./github-forge.js";
import { createGitlabForge, gitlabHeaders } from "./gitlab-forge.js";
import type { ForgeApi } from "./list-pages.js";

/** What is needed to reach the forge of a repository. */
export interface ForgeSettings {
  /** URL of the repository, without user information. */
  readonly repository: string;
  /** Absent where the credential has no token. */
  readonly access: ForgeAccess | undefined;
  /** URLs of APIs by the host of the repository. */
  readonly apiUrls: Readonly<Record<string, string>>;
  /** Whether these may be plain `http://`. */
  readonly allowHttp: boolean;
  readonly requestTimeoutMs: number;
  readonly limits: RetryLimits;
}

/**
 * Opens the way to the pull requests of a repository; asks nothing yet.
 *
 * Throws `unsupported` where there is no token to call the API with, and for a URL that names no
 * repository of such a forge.
 */
export function openForge(kind: ForgeKind, settings: ForgeSettings): Forge {
  const { repository, access, limits, requestTimeoutMs, apiUrls, allowHttp } = settings;
  const { name, headers, connect } = KINDS[kind];
  if (access === undefined || access.token === "") throw tokenMissing(name, repository);
  const { token, dispatcher, baseUrl: credentialUrl } = access;
  const baseUrl = apiBaseOf(kind, { repository, apiUrls, allowHttp, credentialUrl });
  const place = { name, target: repository, secrets: [token] };
  const call = createForgeCall({
    ...place,
    baseUrl,
    headers: headers(token),
    dispatcher,
    requestTimeoutMs,
    limits,
  });
  const forge = connect({ place, call }, repository);
  if (forge !== undefined) return forge;
  const message = `${repository}: the path of the URL is of no repository on ${name}; it should be ${kind === "gitlab" ? "GROUP/PROJECT" : "OWNER/REPOSITORY"}`;
  throw new WriteBackError("unsupported", message, { target: repository });
}

interface KindOfForge {
  readonly name: string;
  readonly headers: (token: string) => Readonly<Record<string, string>>;
  readonly connect: (api: ForgeApi, repository: string) => Forge | undefined;
}

const KINDS: Readonly<Record<ForgeKind, KindOfForge>> = {
  github: {
    name: "GitHub",
    headers: githubHeaders,
    connect: (api, url) => {
      const repository = parseOwnerRepository(url);
      return repository === undefined ? undefined : createGithubForge(api, repository);
    },
  },
  gitlab: {
    name: "GitLab",
    headers: gitlabHeaders,
    connect: (api, url) => {
      const project = parseGitlabProject(url);
      return project === undefined ? undefined : createGitlabForge(api, project);
    },
  },
  gitea: {
    name: "Gitea",
    headers: giteaHeaders,
    connect: (api, url) => {
      const repository = parseOwnerRepository(url);
      return repository === undefined ? undefined : createGiteaForge(api, repository);
    },
  },
};

function tokenMissing(name: string, target: string): WriteBackError {
  const message = `${target}: a pull request on ${name} needs a token, and the credential has none: give HTTPS credentials (a user with a token as the password, a bearer token, or a GitHub App); an SSH key or anonymous access is not enough`;
  return new WriteBackError("unsupported", message, { target });
}
