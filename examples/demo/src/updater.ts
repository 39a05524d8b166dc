import {
  createTextLogger,
  createUpdater,
  type Credential,
  type RegistryConfig,
  type Updater,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import { createOciRegistry, registryCredentials } from "@image-updater/registry-oci";
import { createGitWriteBack } from "@image-updater/writeback-git";
import type { DemoSettings } from "./arguments.js";

/** Puts the parts together: any OCI registry, Git over HTTP(S), log lines on the console. */
export function createDemoUpdater(
  registries: readonly RegistryConfig[],
  settings: DemoSettings,
): Updater {
  const clock = systemClock();
  const credential: Credential =
    settings.git === undefined ? { kind: "anonymous" } : { kind: "basic", ...settings.git };
  return createUpdater({
    registriesConf: registries,
    registries: [
      createOciRegistry({
        registriesConf: registries,
        credentials: registryCredentials({ registriesConf: registries }),
      }),
    ],
    writeBack: [
      createGitWriteBack({
        allowHttp: settings.allowHttp,
        credentials: { forGit: () => Promise.resolve(credential) },
      }),
    ],
    clock,
    logger: createTextLogger({
      write: (line) => console.log(line),
      clock,
      level: settings.debug ? "debug" : "info",
    }),
  });
}
