import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { RegistryError, type Diagnostic } from "@image-updater/core";
import type { RegistryConnection } from "./registry-channels.js";

/** Where the authorities of registries are looked for besides their own settings. */
export interface CertificateAuthoritiesSettings {
  /**
   * A folder of PEM files that are named like hosts, without a port, as Argo CD's ConfigMap
   * `argocd-tls-certs-cm` is mounted; default none.
   */
  readonly certificatesFolder?: string | undefined;
}

type Connection = Pick<RegistryConnection, "apiUrl" | "insecure" | "caFile" | "caData">;

/**
 * The authorities to trust for a registry besides the well-known ones, as PEM texts; empty when there are
 * none. As Argo CD Image Updater: `caFile`, or else the folder's file for the host, and `caData`.
 *
 * @throws RegistryError `unavailable` when a file that is there or is named cannot be read, or a text
 *   holds no certificate: what is broken is never the same as what is not there.
 */
export async function readAuthorities(
  registry: Connection,
  folder: string | undefined,
): Promise<readonly string[]> {
  const texts = await Promise.all(
    sourcesOf(registry, folder).map((source) => readSource(source, registry)),
  );
  return texts.flatMap((text) => text ?? []);
}

/**
 * Reads the authorities of all registries and says which cannot be used, so that a program can refuse
 * its configuration when it starts, as Argo CD Image Updater does, and not at the first request.
 */
export async function checkCertificateAuthorities(
  registries: readonly Connection[],
  { certificatesFolder }: CertificateAuthoritiesSettings = {},
): Promise<readonly Diagnostic[]> {
  const checks = registries.flatMap((registry, index) =>
    sourcesOf(registry, certificatesFolder).map(async (source): Promise<readonly Diagnostic[]> => {
      try {
        await readSource(source, registry);
        return [];
      } catch (error) {
        if (!RegistryError.is(error)) throw error;
        const where = { field: `registries[${index}].${source.field}` };
        const { message } = error;
        return [{ severity: "error", code: "invalid-registries-conf", where, message }];
      }
    }),
  );
  return (await Promise.all(checks)).flat();
}

/** A place where authorities of a registry may be. */
interface Source {
  /** The setting of registries.conf that leads there. */
  readonly field: "ca_file" | "ca_data" | "api_url";
  /** What a message calls it. */
  readonly name: string;
  /** Undefined when nothing is there, and nothing has to be. */
  read(): Promise<string | undefined>;
}

function sourcesOf(
  { apiUrl, insecure, caFile, caData }: Connection,
  folder: string | undefined,
): readonly Source[] {
  if (insecure === true) return [];
  const found = caFile === undefined ? findFile(apiUrl, folder) : undefined;
  const sources: readonly (Source | undefined)[] = [
    caFile === undefined
      ? undefined
      : { field: "ca_file", name: `"${caFile}"`, read: () => readFile(caFile, "utf8") },
    found === undefined
      ? undefined
      : { field: "api_url", name: `"${found}"`, read: () => readIfThere(found) },
    caData === undefined
      ? undefined
      : { field: "ca_data", name: "ca_data", read: () => Promise.resolve(caData) },
  ];
  return sources.filter((source) => source !== undefined);
}

async function readSource(source: Source, { apiUrl }: Connection): Promise<string | undefined> {
  const host = hostOf(apiUrl);
  const text = await source.read().catch((cause: unknown) => {
    const problem = `the certificate authorities of ${source.name} cannot be read`;
    throw new RegistryError("unavailable", `${host}: ${problem}`, { host, cause });
  });
  if (text === undefined || holdsCertificate(text)) return text;
  const problem = `${source.name} holds no certificate that can be read; write certificates as PEM`;
  throw new RegistryError("unavailable", `${host}: ${problem}`, { host });
}

/** Labels of letters, digits and dashes, so that no name leads out of the folder. */
const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/u;

function findFile(apiUrl: string, folder: string | undefined): string | undefined {
  // URLs put brackets around the addresses of IPv6, files do not.
  const name = hostOf(apiUrl).replace(/^\[|\]$/gu, "");
  if (folder === undefined || !(HOST.test(name) || isIP(name) === 6)) return undefined;
  return join(folder, name);
}

function hostOf(apiUrl: string): string {
  return URL.canParse(apiUrl) ? new URL(apiUrl).hostname : "";
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/** As Go: text around certificates does not matter, and one that can be read is enough. */
function holdsCertificate(text: string): boolean {
  return text
    .split(BEGIN)
    .slice(1)
    .some((block) => {
      const end = block.indexOf(END);
      return end !== -1 && isCertificate(`${BEGIN}${block.slice(0, end)}${END}`);
    });
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
