import { boundCredentials, type WriteBackTarget } from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { refuseIgnoredSettings } from "@image-updater/http";
import { createRepositoryMemories } from "@image-updater/git-remote";
import { createConnections } from "./access/connections.js";
import { createInstallationTokens } from "./access/github-app/installation-tokens.js";
import type { GitWriteBackSettings } from "./git-write-back-settings.js";
import { forEachRepository } from "./write/for-each-repository.js";
import type { WriteBackContext } from "./write/open-repository.js";
import { readRepository } from "./write/read-repository.js";
import { writeRepository } from "./write/write-repository.js";

/**
 * A {@link WriteBackTarget} that commits to Git repositories over HTTPS and SSH, without a checkout.
 *
 * ```ts
 * const git = createGitWriteBack({ credentials });
 * ```
 *
 * Each branch is pushed once, and only if it is where it was read: edits are applied again to what
 * somebody else pushed in between. Only the branch of a pull request is ever replaced, while every
 * commit on it is ours. It leaves nothing on disk, and remembers a bounded part of what it has seen in
 * memory.
 */
export function createGitWriteBack(settings: GitWriteBackSettings = {}): WriteBackTarget {
  const { cacheBytes = 32 * 1024 * 1024, clock = systemClock(), dispatcher } = settings;
  refuseIgnoredSettings("createGitWriteBack", { dispatcher });
  // By the machine's time, as for requests: the clock is for dates and pauses.
  const credentials = boundCredentials(settings.credentials ?? {}, {
    clock: systemClock(),
    timeoutMs: settings.credentialTimeoutMs,
  });
  const context: WriteBackContext = {
    settings: { ...settings, credentials },
    clock,
    memories: createRepositoryMemories({ cacheBytes, clock }),
    connections: createConnections(),
    installations: createInstallationTokens(clock),
  };
  return {
    contract: "write-back-target/1",
    accepts: ({ method }) => method === "git",
    read: (reads, options) => forEachRepository(context, reads, options, readRepository),
    write: (changes, options) => forEachRepository(context, changes, options, writeRepository),
  };
}
