import {
  createUpdater,
  formatDiagnostic,
  parseRegistriesConf,
  type GitCredential,
  type Updater,
  type UpdaterSettings,
} from "@image-updater/core";
import { systemClock } from "@image-updater/core/system";
import {
  createOciRegistry,
  registryCredentials,
  type OciRegistrySettings,
  type RegistryCredentialsSettings,
} from "@image-updater/registry-oci";
import { createGitWriteBack, type GitWriteBackSettings } from "@image-updater/writeback-git";

/** What a test may say about its updater. */
export interface UpdaterParts {
  /** Text of `registries.conf`. */
  readonly registriesConf: string;
  readonly registry?: OciRegistrySettings | undefined;
  readonly credentials?: Pick<RegistryCredentialsSettings, "secrets" | "environment"> | undefined;
  /** Used for every Git repository. */
  readonly git?: GitCredential | undefined;
  readonly writeBack?: GitWriteBackSettings | undefined;
  readonly settings?: Partial<UpdaterSettings> | undefined;
}

const PATIENCE_MS = 600_000;
/** Limits that no machine is too busy for; a test that must reach one sets its own. */
const PATIENT = { requestTimeoutMs: PATIENCE_MS, deadlineMs: PATIENCE_MS };

/** Puts the real parts together, as a consumer does, for servers that speak plain HTTP. */
export function composeUpdater(parts: UpdaterParts): Updater {
  const { value: registries, diagnostics } = parseRegistriesConf(parts.registriesConf);
  if (registries === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  const credential: GitCredential = parts.git ?? { kind: "anonymous" };
  return createUpdater({
    registriesConf: registries,
    registries: [
      createOciRegistry({
        registriesConf: registries,
        credentials: registryCredentials({ registriesConf: registries, ...parts.credentials }),
        retries: 0,
        ...PATIENT,
        ...parts.registry,
      }),
    ],
    writeBack: [
      createGitWriteBack({
        ...PATIENT,
        allowHttp: true,
        credentials: { forGit: () => Promise.resolve(credential) },
        ...parts.writeBack,
      }),
    ],
    clock: systemClock(),
    timeouts: { registry: PATIENCE_MS, writeBack: PATIENCE_MS },
    ...parts.settings,
  });
}

/** `registries.conf` for registries on loopback, which speak plain HTTP. */
export function registriesConf(
  ...registries: readonly {
    readonly url: string;
    /** Default the host of the URL, as images name it. */
    readonly prefix?: string | undefined;
    readonly credentials?: string | undefined;
  }[]
): string {
  const entries = registries.map(({ url, prefix = new URL(url).host, credentials }, index) =>
    [
      `- name: registry ${index}`,
      `  prefix: ${prefix}`,
      `  api_url: ${url}`,
      ...(credentials === undefined ? [] : [`  credentials: ${credentials}`]),
    ].join("\n"),
  );
  return `registries:\n${entries.join("\n")}\n`;
}
