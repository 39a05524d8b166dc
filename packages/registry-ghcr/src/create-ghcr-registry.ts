import type {
  DescribeOptions,
  Referrer,
  ReferrersOptions,
  RegistryCallOptions,
  RegistryClient,
  Repository,
  TagDetails,
  TagSummary,
} from "@image-updater/core";
import { createOciRegistry, type OciRegistrySettings } from "@image-updater/registry-oci";
import { GHCR_HOST, isHostOf } from "./github-hosts.js";
import { createPackagesApi } from "./packages-api/create-packages-api.js";
import { createRefusals } from "./refusals.js";
import { inLowerCase } from "./repository-name.js";

/** Settings of {@link createGhcrRegistry}. All are optional: public images need none. */
export interface GhcrRegistrySettings extends Omit<OciRegistrySettings, "serves"> {
  /**
   * The hosts this client reads, all of one GitHub; default `ghcr.io`. That of an Enterprise Server is
   * `containers.<its host>`, or whatever it was given.
   */
  readonly hosts?: readonly string[] | undefined;
  /**
   * Where `describeTags` has its times from; without it, or without `credentials`, there is no such
   * method. `packages-api` is GitHub's REST API for packages, which wants a token with `read:packages`
   * also for public ones: the password of the credentials.
   */
  readonly tagTimes?: "packages-api" | undefined;
  /**
   * The REST API, as `https://<host>/api/v3` of an Enterprise Server; default `https://api.github.com`,
   * for `ghcr.io` only.
   */
  readonly apiUrl?: string | undefined;
}

/**
 * A {@link RegistryClient} for the GitHub container registry.
 *
 * It is the client of the distribution API that writes repositories in lower case and says when a
 * token is the reason of a refusal. With `tagTimes` it also has digests and push times of all tags at
 * one request for each hundred versions. Creating one does no I/O.
 */
export function createGhcrRegistry(settings: GhcrRegistrySettings = {}): RegistryClient {
  const { hosts = [GHCR_HOST], tagTimes, credentials } = settings;
  const refusals = createRefusals(credentials);
  const registry = createOciRegistry({
    ...settings,
    credentials: refusals.credentials,
    serves: ({ host }) => isHostOf(hosts, host),
  });
  const client: RegistryClient = {
    contract: registry.contract,
    serves: registry.serves,
    listTags(repository, options?: RegistryCallOptions): Promise<readonly string[]> {
      return refusals.explain(repository, (own) => registry.listTags(own, options));
    },
    describeTag(repository, tag, options: DescribeOptions): Promise<TagDetails> {
      return refusals.explain(repository, (own) => registry.describeTag(own, tag, options));
    },
    resolveDigest(repository, tag, options?: RegistryCallOptions): Promise<string | undefined> {
      return refusals.explain(repository, (own) => registry.resolveDigest(own, tag, options));
    },
    listReferrers(
      repository,
      digest,
      options?: ReferrersOptions,
    ): Promise<readonly Referrer[] | "unsupported"> {
      return refusals.explain(
        repository,
        async (own) => (await registry.listReferrers?.(own, digest, options)) ?? "unsupported",
      );
    },
  };
  if (tagTimes === undefined || credentials === undefined) return client;
  const packages = createPackagesApi({ ...settings, credentials });
  return {
    ...client,
    describeTags(
      repository: Repository,
      options?: RegistryCallOptions,
    ): Promise<readonly TagSummary[]> {
      return packages.describeTags(inLowerCase(repository), options);
    },
  };
}
