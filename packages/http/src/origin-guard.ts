/**
 * Why a server may not send us to this token server, or `undefined` when it may.
 *
 * A realm is https, or http where the server itself is; it is on this machine or link-local only where
 * the server is too. Private ranges are allowed: servers of a private network live there.
 */
export function refuseRealm(realm: URL, server: URL): string | undefined {
  return refuseAddress(realm, server);
}

/**
 * Why a redirect may not be followed, or `undefined` when it may.
 *
 * Never from https to http, and never from elsewhere to this machine or a link-local address.
 */
export function refuseRedirect(target: URL, from: URL): string | undefined {
  return refuseAddress(target, from);
}

/** Why a page link may not be followed, or `undefined` when it may: only on the origin of the server. */
export function refusePageLink(link: URL, server: URL): string | undefined {
  if (link.origin !== server.origin) return `it leaves ${server.origin}`;
  return refuseAddress(link, server);
}

/** Why requests to this address are refused from the start, or `undefined`: an API is http(s). */
export function refuseApiUrl(url: URL): string | undefined {
  if (url.protocol !== "https:" && url.protocol !== "http:") return "it is neither https nor http";
  return hasUserInformation(url) ? "it holds credentials" : undefined;
}

/** The URL without user information, query and fragment: what a message may show. */
export function redactUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function refuseAddress(target: URL, origin: URL): string | undefined {
  const refused = refuseApiUrl(target);
  if (refused !== undefined) return refused;
  if (target.protocol === "http:" && origin.protocol !== "http:") return "it is not https";
  const reach = reachOf(target.hostname);
  if (reach === "anywhere" || reach === reachOf(origin.hostname)) return undefined;
  return reach === "machine" ? "it is an address of this machine" : "it is a link-local address";
}

function hasUserInformation(url: URL): boolean {
  return url.username !== "" || url.password !== "";
}

type Reach = "machine" | "link" | "anywhere";

/** How far a host name reaches. `URL` has already made one form of the many an IP address has. */
function reachOf(hostname: string): Reach {
  const name = hostname.replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost")) return "machine";
  if (name.startsWith("[")) return reachOfIpv6(name.slice(1, -1));
  return reachOfIpv4(name);
}

function reachOfIpv4(address: string): Reach {
  if (/^(?:127|0)\.\d+\.\d+\.\d+$/.test(address)) return "machine";
  return /^169\.254\.\d+\.\d+$/.test(address) ? "link" : "anywhere";
}

function reachOfIpv6(address: string): Reach {
  if (address === "::" || address === "::1") return "machine";
  if (/^fe[89ab][0-9a-f]:/.test(address)) return "link";
  // IPv4 inside IPv6: mapped, compatible, and translated (RFC 6052).
  const embedded = /^(?:::ffff:|::|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (embedded === null) return "anywhere";
  const [, high = "", low = ""] = embedded;
  return reachOfIpv4([...bytesOf(high), ...bytesOf(low)].join("."));
}

function bytesOf(group: string): readonly number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}
