import {
  formatDiagnostic,
  parseRegistriesConf,
  type Clock,
  type Diagnostic,
  type RegistryClient,
  type RegistryConfig,
  type SecretReader,
} from "@image-updater/core";
import { createAcrRegistry } from "@image-updater/registry-acr";
import { createGhcrRegistry } from "@image-updater/registry-ghcr";
import {
  checkCertificateAuthorities,
  createOciRegistry,
  registryCredentials,
} from "@image-updater/registry-oci";

/** The registries as `registries.conf` describes them, and the clients that read them. */
export interface Registries {
  readonly configs: readonly RegistryConfig[];
  /** The first that serves an image reads it. */
  readonly clients: readonly RegistryClient[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What the clients are made of besides. */
export interface RegistryParts {
  readonly secrets: SecretReader;
  readonly clock: Clock;
  /** Folder of certificate authorities, each file named like a host. */
  readonly certificatesFolder: string;
}

/**
 * Makes the clients for a `registries.conf`; without a text, for Docker Hub and every host by its name.
 *
 * Throws with all problems when the text, or a certificate authority of it, is wrong.
 */
export async function createRegistries(
  text: string | undefined,
  { secrets, clock, certificatesFolder }: RegistryParts,
): Promise<Registries> {
  const { value: configs, diagnostics } = parseRegistriesConf(text ?? "");
  if (configs === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("; "));
  const broken = await checkCertificateAuthorities(configs, { certificatesFolder });
  if (broken.length > 0) throw new Error(broken.map(formatDiagnostic).join("; "));
  const credentials = registryCredentials({ registriesConf: configs, secrets, clock });
  const settings = { registries: configs, credentials, clock, certificatesFolder };
  return {
    configs,
    clients: [
      createGhcrRegistry(settings),
      createAcrRegistry(settings),
      createOciRegistry(settings),
    ],
    diagnostics,
  };
}
