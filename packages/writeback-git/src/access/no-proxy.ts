import { BlockList, isIP } from "node:net";

/** Whether an origin is reached without the proxy. */
export type ProxyExemption = (origin: URL) => boolean;

/**
 * Reads a list of hosts as the variable `NO_PROXY` has it, separated by commas or spaces.
 *
 * A name stands for itself and the names below it, with a dot in front for those below only; `*` for
 * everything. Addresses may be ranges (`10.0.0.0/8`), and what has a port stands for that port. What
 * makes no sense stands for nothing.
 */
export function parseNoProxy(text: string): ProxyExemption {
  const entries = text
    .toLowerCase()
    .split(/[\s,]+/u)
    .filter((entry) => entry !== "")
    .map(parseEntry);
  return (origin) => {
    const host = withoutBrackets(origin.hostname.toLowerCase()).replace(/\.$/u, "");
    const port = origin.port === "" ? DEFAULT_PORTS[origin.protocol] : origin.port;
    return entries.some((matches) => matches(host, port));
  };
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

type Entry = (host: string, port: string | undefined) => boolean;

function parseEntry(entry: string): Entry {
  if (entry === "*") return () => true;
  const range = parseRange(entry);
  if (range !== undefined) return (host) => range(host);
  const [, name = "", wanted] = /^(.*?)(?::(\d+))?$/su.exec(bracketed(entry)) ?? [];
  const matches = hostMatcher(withoutBrackets(name));
  return (host, port) => matches(host) && (wanted === undefined || wanted === port);
}

function hostMatcher(name: string): (host: string) => boolean {
  // As curl and Go: `*.example.com` is another way to write `.example.com`.
  const suffix = name.replace(/^\*\./u, ".").replace(/\.$/u, "");
  if (suffix === "") return () => false;
  if (suffix.startsWith(".")) return (host) => host.endsWith(suffix);
  return (host) => host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`));
}

function parseRange(entry: string): ((host: string) => boolean) | undefined {
  const [, address = "", bits = ""] = /^\[?([^\]/]+)\]?\/(\d+)$/u.exec(entry) ?? [];
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), familyOf(version));
  return (host) => isIP(host) === version && list.check(host, familyOf(version));
}

function familyOf(version: number): "ipv4" | "ipv6" {
  return version === 4 ? "ipv4" : "ipv6";
}

/** An address of version 6 has colons of its own. */
function bracketed(entry: string): string {
  return isIP(entry) === 6 ? `[${entry}]` : entry;
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/su, "$1");
}
