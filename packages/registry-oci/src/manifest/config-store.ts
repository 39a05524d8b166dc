import { RegistryError } from "@image-updater/core";
import { createBoundedMap } from "../http/bounded-map.js";
import type { Call } from "../http/call.js";
import type { ImageConfig } from "./image-config.js";

const MOST_CONFIGS = 5000;

/**
 * Image configs by their address, which holds their digest, so that tags of one image cost one read.
 *
 * Credentials are not part of the key: whoever asks was just given a manifest that names the digest.
 */
export interface ConfigStore {
  read(
    address: string,
    fetch: () => Promise<ImageConfig>,
    pauseDeadline?: Call["pauseDeadline"],
  ): Promise<ImageConfig>;
}

/** Keeps what was read, at most 5,000; a read that failed is forgotten. */
export function createConfigStore(): ConfigStore {
  const kept = createBoundedMap<Promise<ImageConfig>>(MOST_CONFIGS);

  async function start(address: string, fetch: () => Promise<ImageConfig>): Promise<ImageConfig> {
    const reading = fetch();
    kept.set(address, reading);
    try {
      return await reading;
    } catch (error) {
      kept.delete(address);
      throw error;
    }
  }

  return {
    async read(address, fetch, pauseDeadline): Promise<ImageConfig> {
      const known = kept.get(address);
      if (known === undefined) return start(address, fetch);
      // Another call is waited for, which its own deadline ends.
      const goOn = pauseDeadline?.();
      try {
        return await known;
      } catch (error) {
        // Somebody else's call was cancelled; this one was not.
        if (!(RegistryError.is(error) && error.code === "cancelled")) throw error;
      } finally {
        goOn?.();
      }
      return start(address, fetch);
    },
  };
}
