import { createHmac, timingSafeEqual } from "node:crypto";

/** One line of `known_hosts` that can be understood. */
export interface KnownHost {
  readonly marker: "none" | "revoked" | "cert-authority";
  /** The first field, as it stands: names, patterns, or the hash of a name. */
  readonly hosts: string;
  readonly key: HostKey;
}

/** A public key as it is sent: the name of its type, and everything with it. */
export interface HostKey {
  readonly type: string;
  readonly blob: Uint8Array;
}

/** What a file says of one server. */
export interface KnownKeys {
  readonly trusted: readonly HostKey[];
  /** Types of keys that lines know at the port itself: they are asked for before others. */
  readonly typesAtPort: ReadonlySet<string>;
  readonly revoked: readonly HostKey[];
  /** Whether certificates of an authority would be trusted. */
  readonly hasAuthority: boolean;
}

/**
 * Reads lines in the form of `known_hosts` (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
 *
 * Comments, and lines that make no sense, are left out, as OpenSSH does. Never throws.
 */
export function parseKnownHosts(text: string): readonly KnownHost[] {
  return text.split(/\r\n|[\r\n]/u).flatMap((line) => parseLine(line.trim()));
}

function parseLine(line: string): readonly KnownHost[] {
  if (line === "" || line.startsWith("#")) return [];
  const fields = line.split(/[ \t]+/u);
  const marker = fields[0]?.startsWith("@") === true ? MARKERS.get(fields[0]) : "none";
  const [hosts, type, encoded] = marker === "none" ? fields : fields.slice(1);
  if (marker === undefined || hosts === undefined) return [];
  if (type === undefined || encoded === undefined) return [];
  const blob = Buffer.from(encoded, "base64");
  const own = KEY_TYPES.get(type) ?? type;
  return typeOfKey(blob) === own ? [{ marker, hosts, key: { type: own, blob } }] : [];
}

/** Ways to sign that OpenSSH takes for the type of the key that signs so. */
const KEY_TYPES: ReadonlyMap<string, string> = new Map([
  ["rsa-sha2-256", "ssh-rsa"],
  ["rsa-sha2-512", "ssh-rsa"],
]);

const MARKERS: ReadonlyMap<string, KnownHost["marker"]> = new Map([
  ["@revoked", "revoked"],
  ["@cert-authority", "cert-authority"],
]);

/** The type that a public key names itself (RFC 4253, section 6.6); `undefined` when it is none. */
export function typeOfKey(blob: Uint8Array): string | undefined {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.length);
  if (bytes.length < 4) return undefined;
  const end = 4 + bytes.readUInt32BE(0);
  // Something must follow: the key itself.
  return end > 4 && end < bytes.length ? bytes.toString("latin1", 4, end) : undefined;
}

/**
 * What is known of the server at a port of a host.
 *
 * As in OpenSSH, a line without a port serves any port, for types of keys of which no line knows one at
 * that port. Stricter than there, such a line also revokes for any port, and one that excludes the host
 * at the port never serves it.
 */
export function keysOfHost(known: readonly KnownHost[], host: string, port: number): KnownKeys {
  const names = namesOfHost(host, port);
  const own = known.filter(({ hosts }) => matchesHost(hosts, names));
  const bare = [host.toLowerCase()];
  const others = known.filter(
    ({ hosts }) => !excludesHost(hosts, names) && matchesHost(hosts, bare),
  );
  const keys = (from: readonly KnownHost[], marker: KnownHost["marker"]): readonly HostKey[] =>
    from.filter((entry) => entry.marker === marker).map(({ key }) => key);
  const revoked = [...new Set(keys([...own, ...others], "revoked"))];
  const atPort = keys(own, "none");
  const typesAtPort = new Set(atPort.map(({ type }) => type));
  const anywhere = keys(others, "none").filter(({ type }) => !typesAtPort.has(type));
  return {
    typesAtPort,
    trusted: [...atPort, ...anywhere].filter(
      (key) => !revoked.some((other) => isSameKey(key, other)),
    ),
    revoked,
    hasAuthority: keys([...own, ...others], "cert-authority").length > 0,
  };
}

const DEFAULT_PORT = 22;

/** Whether two keys are the same, to the last byte. */
export function isSameKey(one: HostKey, other: HostKey): boolean {
  return Buffer.from(one.blob).equals(other.blob);
}

/** How lines name a server at a port, the usual name first. */
export function namesOfHost(host: string, port: number): readonly string[] {
  const name = host.toLowerCase();
  const withPort = `[${name}]:${port}`;
  return port === DEFAULT_PORT ? [name, withPort] : [withPort];
}

function matchesHost(hosts: string, names: readonly string[]): boolean {
  if (hosts.startsWith("|")) return names.some((name) => matchesHash(hosts, name));
  // One that is excluded stays so, whatever else the line says.
  if (excludesHost(hosts, names)) return false;
  return patternsOf(hosts).some(
    (pattern) => !pattern.startsWith("!") && matchesPattern(pattern, names),
  );
}

function excludesHost(hosts: string, names: readonly string[]): boolean {
  return patternsOf(hosts).some(
    (pattern) => pattern.startsWith("!") && matchesPattern(pattern.slice(1), names),
  );
}

function patternsOf(hosts: string): readonly string[] {
  return hosts.startsWith("|") ? [] : hosts.toLowerCase().split(",");
}

function matchesPattern(pattern: string, names: readonly string[]): boolean {
  return names.includes(pattern) || matchesGlob(pattern, names[0] ?? "");
}

/** `|1|salt|hash`: HMAC-SHA1 of the name, with the salt as its key. */
function matchesHash(field: string, name: string): boolean {
  const [, version, salt = "", hash = "", ...rest] = field.split("|");
  if (version !== "1" || rest.length > 0) return false;
  const expected = Buffer.from(hash, "base64");
  const actual = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` stands for any characters and `?` for one; linear in what it looks at, times the stars. */
function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (pattern[next] === "*") {
      star = next;
      next += 1;
      resume = at;
    } else if (next < pattern.length && (pattern[next] === "?" || pattern[next] === text[at])) {
      next += 1;
      at += 1;
    } else if (star >= 0) {
      next = star + 1;
      resume += 1;
      at = resume;
    } else {
      return false;
    }
  }
  return /^\**$/u.test(pattern.slice(next));
}
