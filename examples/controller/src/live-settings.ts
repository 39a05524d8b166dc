import { describeDiagnostic, type CallOptions, type Clock, type Logger } from "@image-updater/core";
import type { Configuration } from "./configuration.js";
import type { Inventory } from "./inventory.js";
import { createRegistries, type Registries } from "./registries.js";
import { readTextAt } from "./text-source.js";

/** What may change while the controller runs. */
export interface LiveSettings {
  readonly registries: Registries;
  /** Undefined: upstream's own. */
  readonly commitTemplate: string | undefined;
}

/** Reads {@link LiveSettings} anew. */
export type ReadLiveSettings = (options: CallOptions) => Promise<LiveSettings>;

/** What is needed to read them. */
export interface LiveSettingsParts {
  readonly configuration: Pick<Configuration, "registriesConf" | "registryCertificates" | "commit">;
  readonly inventory: Pick<Inventory, "readConfigMap" | "secrets">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Reads the texts before each cycle and makes registry clients when `registries.conf` has changed; as
 * long as it has not, the clients and their tokens stay.
 *
 * What cannot be read the first time ends the controller; later it is logged and the last good stays.
 */
export function createLiveSettings(parts: LiveSettingsParts): ReadLiveSettings {
  const registries = keepLast(parts, "registries.conf", async (text) => {
    const made = await createRegistries(text, {
      secrets: parts.inventory.secrets,
      clock: parts.clock,
      certificatesFolder: parts.configuration.registryCertificates,
    });
    for (const found of made.diagnostics) {
      const level = found.severity === "error" ? "error" : "warn";
      parts.logger[level]({}, describeDiagnostic(found));
    }
    return made;
  });
  const template = keepLast(parts, "commit.template", async (text) => text);
  return async (options) => ({
    registries: await registries(parts.configuration.registriesConf, options),
    commitTemplate: await template(parts.configuration.commit.template, options),
  });
}

/** Reads a text and makes something of it when it is another one than last time. */
function keepLast<T>(
  { inventory, logger }: LiveSettingsParts,
  key: string,
  make: (text: string | undefined) => Promise<T>,
): (location: Parameters<typeof readTextAt>[0], options: CallOptions) => Promise<T> {
  let last: { readonly text: string | undefined; readonly made: T } | undefined;
  let problem: string | undefined;
  return async (location, options) => {
    try {
      const text = await readTextAt(location, key, inventory, options);
      if (last === undefined || last.text !== text) last = { text, made: await make(text) };
      problem = undefined;
      return last.made;
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      const message = `${key}: ${error instanceof Error ? error.message : String(error)}`;
      if (last === undefined) throw new Error(message, { cause: error });
      if (message !== problem) logger.error({}, `${message}; what was read before stays in use`);
      problem = message;
      return last.made;
    }
  };
}
