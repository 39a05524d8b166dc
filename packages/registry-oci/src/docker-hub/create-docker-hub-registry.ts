import type { RegistryCallOptions, RegistryClient, TagSummary } from "@image-updater/core";
import { createOciRegistry, type OciRegistrySettings } from "../create-oci-registry.js";
import { canonicalRepository, isDockerHub } from "./canonical-repository.js";
import { createHubApi } from "./hub-api.js";

/** Settings of {@link createDockerHubRegistry}. All are optional: public images need none. */
export interface DockerHubRegistrySettings extends Omit<OciRegistrySettings, "serves"> {
  /**
   * Where `describeTags` has its times from; without it there is no such method. `hub-api` is the API
   * of hub.docker.com, whose times are those of the last push, and whose requests are not pulls.
   */
  readonly tagTimes?: "hub-api" | undefined;
  /** Base URL of that API; default `https://hub.docker.com`. */
  readonly hubApiUrl?: string | undefined;
}

/**
 * A {@link RegistryClient} for Docker Hub alone, under all its names.
 *
 * It is the client of the distribution API, and with `tagTimes` it also has digests and push times of
 * all tags at one request for each hundred. Creating one does no I/O.
 */
export function createDockerHubRegistry(settings: DockerHubRegistrySettings = {}): RegistryClient {
  const registry = createOciRegistry({ ...settings, serves: isDockerHub });
  if (settings.tagTimes === undefined) return registry;
  const hub = createHubApi(settings);
  return {
    ...registry,
    describeTags(repository, options?: RegistryCallOptions): Promise<readonly TagSummary[]> {
      return hub.describeTags(canonicalRepository(repository), options);
    },
  };
}
