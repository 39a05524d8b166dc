import {
  type CallOptions,
  type GitCredential,
  type GitCredentialRequest,
} from "@image-updater/core";
import type { RepositoryUrl } from "@image-updater/git-remote";
import {
  groupByRepository,
  type Indexed,
  type Located,
  type RepositoryGroup,
} from "./group-by-repository.js";
import { joinGroups } from "./join-groups.js";
import { openRepository, type WriteBackContext } from "./open-repository.js";
import type { RepositoryWork } from "./repository-work.js";
import { runLimited } from "./run-limited.js";
import {
  workWithCredential,
  type AttemptResults,
  type Failed,
  type Login,
} from "./work-with-credential.js";
import { cancelledError, summarizeFailure } from "../write-back-failure.js";

/** Works on the items of one repository; answers results by their place in the caller's list. */
export type RunOnRepository<T, R> = (
  work: RepositoryWork,
  entries: readonly Indexed<T>[],
) => Promise<ReadonlyMap<number, R>>;

const REPOSITORIES_AT_ONCE = 4;

/**
 * Works on items repository by repository, a few at a time, each with its credential. Answers one
 * result per item, in order, and never throws: what fails, fails the items of one repository.
 */
export async function forEachRepository<T extends Located, R>(
  context: WriteBackContext,
  items: readonly T[],
  options: CallOptions | undefined,
  run: RunOnRepository<T, R>,
): Promise<readonly (R | Failed)[]> {
  const rules = { allowHttp: context.settings.allowHttp ?? false };
  const { groups, failures } = groupByRepository(items, rules);
  const results = new Map<number, R | Failed>();
  for (const [index, error] of failures) results.set(index, failure(error));
  const signal = options?.signal;
  const ask = (
    group: RepositoryGroup<T>,
    more: Pick<GitCredentialRequest, "rejected">,
  ): Promise<GitCredential> => askCredential(context, { ...group.credential, ...more, signal });
  const answered = await runLimited(groups, REPOSITORIES_AT_ONCE, async (group) => {
    try {
      if (signal?.aborted === true) throw cancelledError(group.address.url);
      return [{ ...group, given: await ask(group, {}) }];
    } catch (error) {
      for (const { index } of group.entries) results.set(index, failure(error));
      return [];
    }
  });
  await runLimited(joinGroups(answered.flat()), REPOSITORIES_AT_ONCE, async (group) => {
    const worked = await workWithCredential<T, R>(group, {
      askAgain: (member) => ask(member, { rejected: true }),
      attempt: (entries, login) =>
        workOnEntries(context, { address: group.address, entries, login, signal }, run),
    });
    for (const [index, result] of worked) results.set(index, result);
  });
  return items.map((_, index) => results.get(index) ?? failure(new TypeError("no result")));
}

function failure(error: unknown, target?: string): Failed {
  return { kind: "failed", error: summarizeFailure(error, target) };
}

async function askCredential(
  { settings: { credentials } }: WriteBackContext,
  request: GitCredentialRequest,
): Promise<GitCredential> {
  return (await credentials?.forGit(request)) ?? { kind: "anonymous" };
}

interface OpenGroup<T> {
  readonly address: RepositoryUrl;
  readonly entries: readonly Indexed<T>[];
  readonly login: Login;
  readonly signal: AbortSignal | undefined;
}

async function workOnEntries<T, R>(
  context: WriteBackContext,
  { address, entries, login, signal }: OpenGroup<T>,
  run: RunOnRepository<T, R>,
): Promise<AttemptResults<R>> {
  let work: RepositoryWork | undefined;
  try {
    work = await openRepository(context, address, login, signal);
    return { results: await run(work, entries), token: work.forge?.token };
  } catch (cause) {
    const failed = failure(cause, address.url);
    const results = new Map(entries.map(({ index }) => [index, failed]));
    return { results, token: work?.forge?.token };
  } finally {
    work?.close?.();
  }
}
