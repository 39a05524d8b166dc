import { canonicalHost } from "./registry-key.js";

/** Hosts of one Alibaba Cloud registry: public, VPC and internal network, international site. */
const ALIBABA_FORMS: readonly RegExp[] = [
  /^(?<instance>[^.]+)-registry(?:-intl)?(?:-vpc)?(?:-internal)?(?:\.distributed)?\.(?<region>[a-z0-9-]+)\.cr\.aliyuncs\.com$/,
  /^registry(?:-intl)?(?:-vpc|-internal)?(?:\.(?<region>[a-z0-9-]+))?\.aliyuncs\.com$/,
  /^(?<instance>crpi-[a-z0-9]+)(?:-vpc)?\.(?<region>[a-z0-9-]+)\.personal\.cr\.aliyuncs\.com$/,
];

/** The region that `registry.aliyuncs.com` stands for. */
const ALIBABA_DEFAULT_REGION = "cn-hangzhou";

const GITHUB_HOSTS: ReadonlySet<string> = new Set(["ghcr.io", "docker.pkg.github.com"]);

/** Domains under which every host belongs to another customer. */
const SHARED_DOMAINS =
  /(?:^|\.)(?:aliyuncs\.com|amazonaws\.com|amazonaws\.com\.cn|on\.aws|azurecr\.(?:io|cn|us)|jfrog\.io)$/;

/**
 * The known hosts that belong to the same registry, or at least to the same owner, as `host`: other
 * networks of one Alibaba Cloud instance, GitHub's two registries, another port, another host of the
 * same domain. Empty when `host` itself is known, under any of its names.
 */
export function siblingHosts(host: string, known: readonly string[]): readonly string[] {
  const wanted = canonicalHost(host);
  if (known.some((other) => canonicalHost(other) === wanted)) return [];
  const family = familyOf(wanted);
  return [...new Set(known)].filter((other) => familyOf(canonicalHost(other)) === family);
}

function familyOf(hostAndPort: string): string {
  const host = hostAndPort.replace(/:\d+$/, "");
  return alibabaFamily(host) ?? githubFamily(host) ?? domainFamily(host);
}

function alibabaFamily(host: string): string | undefined {
  for (const form of ALIBABA_FORMS) {
    const match = form.exec(host);
    if (match === null) continue;
    const { instance = "personal", region = ALIBABA_DEFAULT_REGION } = match.groups ?? {};
    return `alibaba ${instance} ${region}`;
  }
  return undefined;
}

function githubFamily(host: string): string | undefined {
  return GITHUB_HOSTS.has(host) ? "github" : undefined;
}

/** Hosts with the same parent domain, unless the parent is an address, a suffix, or shared. */
function domainFamily(host: string): string {
  const parent = host.slice(host.indexOf(".") + 1);
  const isAddress = /^[\d.]+$|^\[/.test(host);
  const isShared = !parent.includes(".") || SHARED_DOMAINS.test(parent);
  return isAddress || isShared ? `host ${host}` : `domain ${parent}`;
}
