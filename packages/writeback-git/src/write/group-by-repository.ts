import {
  WriteBackError,
  type GitCredentialRequest,
  type WriteBackLocation,
  type WriteBackRead,
} from "@image-updater/core";
import {
  parseRepositoryUrl,
  type RepositoryUrl,
  type RepositoryUrlRules,
} from "@image-updater/git-remote";
import { writeBackFailure } from "../write-back-failure.js";

/** What a change and a read have in common. */
export type Located = Pick<WriteBackRead, "application" | "project" | "settings" | "location">;

/** An item with its place in the caller's list. */
export interface Indexed<T> {
  readonly index: number;
  readonly item: T;
  readonly location: WriteBackLocation;
}

/** Items that share a repository and the credentials for it, in the caller's order. */
export interface RepositoryGroup<T> {
  readonly address: RepositoryUrl;
  readonly credential: GitCredentialRequest;
  readonly entries: readonly Indexed<T>[];
}

/** The groups, and what belongs to none. */
export interface RepositoryGroups<T> {
  readonly groups: readonly RepositoryGroup<T>[];
  readonly failures: ReadonlyMap<number, WriteBackError>;
}

/** Sorts items by repository and credentials; an item without a usable address is a failure of its own. */
export function groupByRepository<T extends Located>(
  items: readonly T[],
  rules: RepositoryUrlRules,
): RepositoryGroups<T> {
  const groups = new Map<
    string,
    { group: Omit<RepositoryGroup<T>, "entries">; entries: Indexed<T>[] }
  >();
  const failures = new Map<number, WriteBackError>();
  for (const [index, item] of items.entries()) {
    try {
      const location = requireLocation(item);
      const address = parseRepositoryUrl(location.repository, rules);
      const credential = credentialRequest(address.credentialUrl, item);
      const key = JSON.stringify([
        address.key,
        address.userInfo,
        credential.project,
        credential.reference,
        credential.namespace,
      ]);
      const known = groups.get(key) ?? { group: { address, credential }, entries: [] };
      known.entries.push({ index, item, location });
      groups.set(key, known);
    } catch (cause) {
      const error = writeBackFailure(cause);
      if (!WriteBackError.is(error)) throw error;
      failures.set(index, error);
    }
  }
  return {
    groups: [...groups.values()].map(({ group, entries }) => ({ ...group, entries })),
    failures,
  };
}

function requireLocation({ application, location }: Located): WriteBackLocation {
  if (location !== undefined) return location;
  const target = `${application.namespace}/${application.name}`;
  const message = `the change of ${target} names no repository to write to`;
  throw new WriteBackError("unsupported", message, { target });
}

/** The namespace matters, and is given, only where a reference leaves it open. */
function credentialRequest(
  url: string,
  { application, project, settings }: Located,
): GitCredentialRequest {
  const reference = settings.credentials;
  const isOpen = reference?.kind === "secret" && reference.namespace === undefined;
  return { url, project, reference, namespace: isOpen ? application.namespace : undefined };
}
