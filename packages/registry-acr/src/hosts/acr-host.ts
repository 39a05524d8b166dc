import type { Repository } from "@image-updater/core";

/** What the name of a registry host says. Region and instance are for the registry itself to say. */
export interface AcrHost {
  /** `system` is Alibaba Cloud's own instance, which holds images for everybody. */
  readonly edition: "personal" | "enterprise" | "system";
  /** From where it is reached. */
  readonly network: "public" | "vpc" | "internal";
}

const REGION = "(?!oss-)[a-z0-9-]+";
const PERSONAL = new RegExp(`^registry(?:-intl)?(-vpc|-internal)?\\.${REGION}\\.aliyuncs\\.com$`);
const PERSONAL_INSTANCE = new RegExp(
  `^crpi-[a-z0-9]+(-vpc)?\\.${REGION}\\.personal\\.cr\\.aliyuncs\\.com$`,
);
/** An instance's name may hold `-registry` itself. */
const ENTERPRISE = new RegExp(
  `^[^.\\s]+-registry(?:-intl)?(-vpc)?(-internal)?(?:\\.distributed)?\\.${REGION}\\.cr\\.aliyuncs\\.com$`,
);
const SYSTEM = /^registry-[a-z0-9-]+?(-vpc)?\.ack\.aliyuncs\.com$/;

/**
 * Reads the name of a host of Alibaba Cloud Container Registry, `undefined` for any other.
 *
 * Custom domains look like any other host. The accelerators `<id>.mirror.aliyuncs.com` are none: they
 * answer 404 for what they have not cached.
 */
export function parseAcrHost(host: string): AcrHost | undefined {
  const name = host.toLowerCase().replace(/:443$/, "");
  if (name === "registry.aliyuncs.com") return { edition: "personal", network: "public" };
  return (
    readHost(PERSONAL, name, "personal") ??
    readHost(PERSONAL_INSTANCE, name, "personal") ??
    readHost(ENTERPRISE, name, "enterprise") ??
    readHost(SYSTEM, name, "system")
  );
}

/** The host that answers for the repository: its API's, which a configuration may have replaced. */
export function acrHostOf({ host, apiUrl }: Repository): AcrHost | undefined {
  return parseAcrHost(apiHostOf(apiUrl)) ?? parseAcrHost(host);
}

/** Host and port of an API's URL; nothing when it is not a URL. */
export function apiHostOf(apiUrl: string): string {
  return URL.canParse(apiUrl) ? new URL(apiUrl).host : "";
}

function readHost(pattern: RegExp, name: string, edition: AcrHost["edition"]): AcrHost | undefined {
  const match = pattern.exec(name);
  if (match === null) return undefined;
  const networks = match.slice(1);
  if (networks.includes("-vpc")) return { edition, network: "vpc" };
  return { edition, network: networks.includes("-internal") ? "internal" : "public" };
}
