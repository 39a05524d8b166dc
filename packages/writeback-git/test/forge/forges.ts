import type { Clock, ForgeKind } from "@image-updater/core";
import { Agent } from "undici";
import type { Forge } from "../../src/forge/forge.js";
import { openForge } from "../../src/forge/open-forge.js";
import { systemClock } from "@image-updater/core/system";
import type { RetryLimits } from "../../src/retry.js";
import type { CountCommits, ForgeTestServer } from "../../src/testing/index.js";

export const FORGES: readonly ForgeKind[] = ["github", "gitlab", "gitea"];

/** A token that must never be seen. */
export const TOKEN = "t0ken-of-the-updater";

/** Counts commits of branches that a test names: none where a branch is not among them. */
export function branchesWith(commits: Readonly<Record<string, number>>): CountCommits {
  return async (base, head) => (base in commits && head in commits ? commits[head] : undefined);
}

/** The pull requests of a repository on the test server. */
export function forgeOn(
  kind: ForgeKind,
  { url }: Pick<ForgeTestServer, "url">,
  more: {
    readonly repository?: string;
    readonly token?: string;
    readonly limits?: Partial<RetryLimits>;
    readonly requestTimeoutMs?: number;
  } = {},
): Forge {
  const { repository = "https://git.example.com/team/app.git", token = TOKEN } = more;
  return openForge(kind, {
    repository,
    access: { kind: "bearer", token, dispatcher: agent },
    apiUrls: { "git.example.com": url },
    allowHttp: true,
    requestTimeoutMs: more.requestTimeoutMs ?? 600_000,
    limits: {
      target: repository,
      clock: systemClock(),
      random: () => 0,
      deadlineMs: 600_000,
      signal: undefined,
      ...more.limits,
    },
  });
}

/** A clock on which every pause is over at once. */
export function leapingClock(): Clock {
  let time = Date.UTC(2024, 0, 1);
  return {
    now: () => new Date(time),
    delay: async (ms) => {
      time += ms;
    },
  };
}

const agent = new Agent({ keepAliveTimeout: 100 });
