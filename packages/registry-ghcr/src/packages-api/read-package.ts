import { RegistryError } from "@image-updater/core";
import { createBoundedMap, decodeAnswer } from "@image-updater/registry-oci/http";
import { z } from "zod";
import type { PackageName } from "../repository-name.js";
import { apiError } from "./api-error.js";
import type { ApiCaller, GithubApi } from "./github-api.js";
import type { PackageVersion } from "./package-version.js";
import { createVersionsReader } from "./read-versions.js";

const PAGE_SIZE = 100;
const MOST_OWNERS = 10_000;

/** Whose packages a part of the API has; the last is the token's own user. */
type OwnerKind = "organization" | "user" | "self";

const OWNER_KINDS: readonly OwnerKind[] = ["organization", "user", "self"];

/** Reads packages of owners whose kind is not known. */
export interface PackageReader {
  /**
   * All versions with tags.
   *
   * @throws RegistryError `not-found` when the token sees no such package.
   */
  read(
    caller: ApiCaller,
    baseUrl: string,
    packageName: PackageName,
  ): Promise<readonly PackageVersion[]>;
}

/** A reader that remembers for each token what kind an owner was. */
export function createPackageReader(api: GithubApi): PackageReader {
  const versions = createVersionsReader(api);
  const kinds = createBoundedMap<OwnerKind>(MOST_OWNERS);
  const logins = createBoundedMap<string>(MOST_OWNERS);

  async function isSelf(caller: ApiCaller, baseUrl: string, owner: string): Promise<boolean> {
    const key = JSON.stringify([caller.identity, baseUrl]);
    const login = logins.get(key) ?? (await readLogin(api, caller, baseUrl));
    if (login === undefined) return false;
    logins.set(key, login);
    return login.toLowerCase() === owner;
  }

  return {
    async read(caller, baseUrl, packageName): Promise<readonly PackageVersion[]> {
      const { owner } = packageName;
      const key = JSON.stringify([caller.identity, baseUrl, owner]);
      for (const kind of startingWith(kinds.get(key))) {
        // The API of one's own packages names no owner: another one's would be read as ours.
        if (kind === "self" && !(await isSelf(caller, baseUrl, owner))) continue;
        const found = await versions.read(caller, versionsUrl(baseUrl, kind, packageName));
        if (found === undefined) continue;
        kinds.set(key, kind);
        return found;
      }
      const what = `knows no such package of "${owner}", or the token may not see it`;
      throw apiError("not-found", what, caller.place, { status: 404 });
    },
  };
}

function startingWith(known: OwnerKind | undefined): readonly OwnerKind[] {
  if (known === undefined) return OWNER_KINDS;
  return [known, ...OWNER_KINDS.filter((kind) => kind !== known)];
}

function versionsUrl(baseUrl: string, kind: OwnerKind, { owner, name }: PackageName): URL {
  const path = `packages/container/${encodeURIComponent(name)}/versions`;
  const of = { organization: `orgs/${owner}`, user: `users/${owner}`, self: "user" }[kind];
  return new URL(`${baseUrl}/${of}/${path}?state=active&per_page=${PAGE_SIZE}`);
}

const userSchema = z.object({ login: z.string() });

/** The user a token is of; `undefined` for a token that is of none, as that of a workflow. */
async function readLogin(
  api: GithubApi,
  caller: ApiCaller,
  baseUrl: string,
): Promise<string | undefined> {
  try {
    const url = new URL(`${baseUrl}/user`);
    const response = await api.get(caller, url);
    if (response.status !== 200) return undefined;
    return decodeAnswer(response, userSchema, {
      url,
      place: caller.place,
      what: "the user of the token",
    }).login;
  } catch (error) {
    if (RegistryError.is(error) && error.code === "forbidden") return undefined;
    throw error;
  }
}
