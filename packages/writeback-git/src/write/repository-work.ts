import type { BranchNames, GitRemote, RefAdvertisement } from "@image-updater/git-remote";
import type { ForgeAccess } from "../access/repository-access.js";
import type { CommitSettings } from "../change/commit-changes.js";
import { retryUntilDeadline, type RetryLimits } from "../retry.js";

/** A repository that is open, and how to work on it. */
export interface RepositoryWork extends CommitSettings {
  readonly remote: GitRemote;
  readonly limits: RetryLimits;
  readonly commitMethod?: "git" | "api" | undefined;
  /** For pull requests and commits through the API of a forge. */
  readonly forge?: ForgeAccess | undefined;
  /** Default: superseded ones are closed, by the APIs that forges have by themselves. */
  readonly pullRequests?: PullRequestOptions | undefined;
  /** Called when the work is done. */
  close?: (() => void) | undefined;
}

/** How pull requests are handled, whatever forge they are on. */
export interface PullRequestOptions {
  readonly supersede: "close" | "keep";
  /** URLs of the APIs of forges, by the host of the repository. */
  readonly apiUrls: Readonly<Record<string, string>>;
  /** Whether APIs may be plain `http://`. */
  readonly allowHttp: boolean;
  readonly requestTimeoutMs: number;
}

/** How pull requests are handled where nothing else is said. */
export const DEFAULT_PULL_REQUESTS: PullRequestOptions = {
  supersede: "close",
  apiUrls: {},
  allowHttp: false,
  requestTimeoutMs: 90_000,
};

/** Asks for branches of a repository, more than once if the server is busy. */
export function advertise(
  remote: GitRemote,
  locations: readonly BranchNames[],
  limits: RetryLimits,
): Promise<RefAdvertisement> {
  return retryUntilDeadline(limits, async () => ({
    kind: "done",
    value: await remote.advertise(locations, limits.signal),
  }));
}
