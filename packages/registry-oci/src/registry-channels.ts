import { readFile } from "node:fs/promises";
import { env } from "node:process";
import { rootCertificates } from "node:tls";
import { RegistryError, defaultRegistry, type Clock, type Repository } from "@image-updater/core";
import { refuseIgnoredSettings } from "@image-updater/http";
import { Agent, type Dispatcher } from "undici";
import { readAuthorities } from "./certificate-authorities.js";
import { canonicalApiUrl } from "./docker-hub/canonical-repository.js";
import { createRateLimit, type RateLimit } from "./http/rate-limit.js";

/** As Argo CD Image Updater for registries that its configuration does not name. */
const INFERRED_REQUESTS_PER_SECOND = 20;

/** How one registry is reached; a `RegistryConfig` is one. */
export interface RegistryConnection {
  /** Base URL of its API, as a {@link Repository} names it. */
  readonly apiUrl: string;
  /** Do not verify its TLS certificate. */
  readonly insecure?: boolean | undefined;
  /** A PEM file with authorities to trust besides the well-known ones. */
  readonly caFile?: string | undefined;
  /** The same as text. */
  readonly caData?: string | undefined;
  /** At most so many requests a second; absent or 0 means no limit. */
  readonly requestsPerSecond?: number | undefined;
}

/** What all requests on behalf of one registry share. */
export interface RegistryChannel {
  readonly dispatcher?: Dispatcher | undefined;
  readonly rate?: RateLimit | undefined;
}

/** Channels by registry. */
export interface RegistryChannels {
  /**
   * The registry's channel, opened at the first use.
   *
   * @throws RegistryError `unavailable` when its authorities cannot be read.
   */
  open(repository: Repository): Promise<RegistryChannel>;
}

/**
 * Channels for the registries that are configured, Docker Hub at 10 requests a second and others at
 * 20, as Argo CD Image Updater.
 *
 * With `ownDispatcher` the TLS settings are not used: a consumer's dispatcher has its own.
 */
export function createRegistryChannels(
  registries: readonly RegistryConnection[],
  ownDispatcher: boolean,
  clock: Clock,
  certificatesFolder?: string,
): RegistryChannels {
  const rates = new Map<string, RateLimit | undefined>();
  const agents = new Map<string, Promise<Agent | undefined>>();
  const known = new Map<string, RegistryConnection>(
    [defaultRegistry, ...registries].map((entry) => [keyOf(entry), entry]),
  );

  function rateOf(key: string): RateLimit | undefined {
    if (rates.has(key)) return rates.get(key);
    const registry = known.get(key);
    const perSecond =
      registry === undefined ? INFERRED_REQUESTS_PER_SECOND : (registry.requestsPerSecond ?? 0);
    const rate = perSecond > 0 ? createRateLimit(perSecond, clock) : undefined;
    rates.set(key, rate);
    return rate;
  }

  return {
    async open(repository): Promise<RegistryChannel> {
      const key = keyOf(repository);
      const rate = rateOf(key);
      if (ownDispatcher) return { rate };
      const registry = known.get(key) ?? { apiUrl: key };
      const agent = agents.get(key) ?? createAgent(registry, certificatesFolder, repository.host);
      agents.set(key, agent);
      try {
        const dispatcher = await agent;
        // A file for the host may come later.
        if (dispatcher === undefined) agents.delete(key);
        return dispatcher === undefined ? { rate } : { rate, dispatcher };
      } catch (error) {
        agents.delete(key);
        throw error;
      }
    },
  };
}

function keyOf({ apiUrl }: { readonly apiUrl: string }): string {
  return canonicalApiUrl(apiUrl);
}

/** Undefined for a registry that is trusted like every other. As upstream, `insecure` goes first. */
async function createAgent(
  registry: RegistryConnection,
  certificatesFolder: string | undefined,
  host: string,
): Promise<Agent | undefined> {
  const { insecure, caFile, caData } = registry;
  refuseIgnored({ insecure, ca_file: caFile, ca_data: caData }, host);
  if (insecure === true) return new Agent({ connect: { rejectUnauthorized: false } });
  const own = await readAuthorities(registry, certificatesFolder);
  if (own.length === 0) return undefined;
  refuseIgnored({ certificatesFolder }, host);
  const ca = [...rootCertificates, ...(await readExtraAuthorities()), ...own];
  return new Agent({ connect: { ca } });
}

/** A registry that cannot be asked as its settings say is an error of its own images. */
function refuseIgnored(settings: Readonly<Record<string, unknown>>, host: string): void {
  try {
    refuseIgnoredSettings(host, settings);
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    throw new RegistryError("unsupported", message, { host, cause: error });
  }
}

/** What Node trusts besides is forgotten by it as soon as authorities are named. */
async function readExtraAuthorities(): Promise<readonly string[]> {
  const path = env["NODE_EXTRA_CA_CERTS"] ?? "";
  if (path === "") return [];
  try {
    return [await readFile(path, "utf8")];
  } catch {
    // Node has warned of it when it started, and goes on without.
    return [];
  }
}
