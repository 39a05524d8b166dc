import { isDeepStrictEqual } from "node:util";
import type { ErrorSummary, GitCredential } from "@image-updater/core";
import type { Indexed, RepositoryGroup } from "./group-by-repository.js";
import type { JoinedGroup } from "./join-groups.js";

/** An item that failed, with what a report says of it. */
export interface Failed {
  readonly kind: "failed";
  readonly error: ErrorSummary;
}

/** As whom to work. */
export interface Login {
  readonly credential: GitCredential;
  /** Token made of the same credential that was refused: another one is to be made. */
  readonly refusedToken?: string | undefined;
}

/** What became of some items, by their place in the caller's list. */
export interface AttemptResults<R> {
  readonly results: ReadonlyMap<number, R | Failed>;
  /** The token that was used. */
  readonly token?: string | undefined;
}

/** How to work on one repository. */
export interface CredentialWork<T, R> {
  /** Asks for the credential of a group once more, after it was refused. */
  askAgain(group: RepositoryGroup<T>): Promise<GitCredential>;
  /** Works on items; never throws. */
  attempt(entries: readonly Indexed<T>[], login: Login): Promise<AttemptResults<R>>;
}

/**
 * Works with a credential, and on what was refused for it once more with a newer one.
 *
 * Nothing is written twice: a server refuses before it does anything, and what arrived all the same is
 * found when it is read again. A credential that is the same as before is not tried again, but for that
 * of a GitHub App, of which another token is made. Never throws.
 */
export async function workWithCredential<T, R>(
  { given, members, entries }: JoinedGroup<T>,
  { askAgain, attempt }: CredentialWork<T, R>,
): Promise<ReadonlyMap<number, R | Failed>> {
  const { results, token } = await attempt(entries, { credential: given });
  const all = new Map(results);
  for (const group of members) {
    const refused = group.entries.filter(({ index }) => isRefused(results.get(index)));
    if (refused.length === 0) continue;
    const newer = await askAgain(group).catch(() => given);
    if (newer.kind !== "github-app" && isDeepStrictEqual(newer, given)) continue;
    const again = await attempt(refused, { credential: newer, refusedToken: token });
    for (const [index, result] of again.results) all.set(index, result);
  }
  return all;
}

function isRefused(result: unknown): boolean {
  if (typeof result !== "object" || result === null || !("error" in result)) return false;
  const { error } = result;
  if (typeof error !== "object" || error === null) return false;
  return "code" in error && error.code === "unauthorized";
}
