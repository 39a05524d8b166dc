import { isDeepStrictEqual } from "node:util";
import type { GitCredential } from "@image-updater/core";
import type { Indexed, RepositoryGroup } from "./group-by-repository.js";

/** A group, and the credential that was answered for it. */
export interface AnsweredGroup<T> extends RepositoryGroup<T> {
  readonly given: GitCredential;
}

/** Groups of one repository that turned out to have the same credential. */
export interface JoinedGroup<T> {
  readonly address: RepositoryGroup<T>["address"];
  readonly given: GitCredential;
  /** In order of their first entries. */
  readonly members: readonly RepositoryGroup<T>[];
  /** Of all members, in the caller's order. */
  readonly entries: readonly Indexed<T>[];
}

/**
 * Joins groups that were told apart by what their credentials were asked for with, and need not be:
 * changes of one repository then share their pushes, whatever the projects of their applications.
 */
export function joinGroups<T>(groups: readonly AnsweredGroup<T>[]): readonly JoinedGroup<T>[] {
  const joined: AnsweredGroup<T>[][] = [];
  for (const group of groups.toSorted((one, other) => placeOf(one) - placeOf(other))) {
    const same = joined.find(([first]) => first !== undefined && isSame(first, group));
    if (same === undefined) joined.push([group]);
    else same.push(group);
  }
  return joined.flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const entries = members
      .flatMap((member) => member.entries)
      .toSorted((one, other) => one.index - other.index);
    return [{ address: first.address, given: first.given, members, entries }];
  });
}

function placeOf({ entries }: RepositoryGroup<unknown>): number {
  return entries[0]?.index ?? 0;
}

function isSame(one: AnsweredGroup<unknown>, other: AnsweredGroup<unknown>): boolean {
  return (
    one.address.key === other.address.key &&
    isDeepStrictEqual(one.address.userInfo, other.address.userInfo) &&
    isDeepStrictEqual(one.given, other.given)
  );
}
