import { isIPv6 } from "node:net";

/** A repository that is reached through the remote shell. */
export interface SshRepositoryUrl {
  readonly protocol: "ssh";
  /** For messages: no user information, no trailing slash. */
  readonly url: string;
  /** As `url`, with the name of the user: to the servers of forges it says more than the host does. */
  readonly credentialUrl: string;
  readonly key: string;
  readonly userInfo: { readonly username: string; readonly password: string } | undefined;
  /** Name or address, lower case, without brackets. */
  readonly host: string;
  readonly port: number;
  /** As the server's programs are told: absolute, or from the home folder of the user. */
  readonly path: string;
}

/** An address, or why it is none. */
export type ParsedSshAddress =
  | { readonly kind: "parsed"; readonly address: SshRepositoryUrl }
  | { readonly kind: "invalid"; readonly reason: string };

/**
 * Takes an SSH address apart: `ssh://[user@]host[:port]/path`, or `[user@]host:path` (git-fetch, "GIT
 * URLs").
 *
 * The path of the first is absolute unless it begins with `/~`, and percent-encoded; that of the second
 * is relative to the home folder unless it begins with `/` or `~`, and stands as it is. Never throws.
 */
export function parseSshAddress(text: string): ParsedSshAddress {
  if (/\p{Cc}/u.test(text)) return invalid("it holds a control character");
  const isUrl = /^ssh:\/\//iu.test(text);
  const parts = isUrl ? splitUrl(text) : splitShorthand(text);
  if (parts === undefined) return invalid(isUrl ? BAD_URL : NO_ADDRESS);
  const { userInfo, host, port, path } = parts;
  if (!isHost(host)) return invalid(isUrl ? BAD_URL : NO_ADDRESS);
  if (port < 1 || port > 65_535) return invalid("its port is not between 1 and 65535");
  if (/[?#]/u.test(path)) return invalid("a repository URL has no query");
  if (/^[~/]*$/u.test(path)) return invalid("it names no repository");
  // A program of the server would take it for an option.
  if (path.startsWith("-")) return invalid("its path begins with a dash");
  return { kind: "parsed", address: describeAddress(isUrl, { userInfo, host, port, path }) };
}

const BAD_URL = "it is not of the form ssh://user@host:port/path";
const NO_ADDRESS = "it is not an https:// URL, and for SSH not of the form user@host:path";

function invalid(reason: string): ParsedSshAddress {
  return { kind: "invalid", reason };
}

type AddressParts = Pick<SshRepositoryUrl, "userInfo" | "host" | "port" | "path">;

const DEFAULT_PORT = 22;

function splitUrl(text: string): AddressParts | undefined {
  const match = /^ssh:\/\/(?:([^/]*)@)?(\[[^\]/@]*\]|[^/:@[\]]*)(?::(\d*))?(\/.*)$/isu.exec(text);
  if (match === null) return undefined;
  const [, user, host = "", port = "", path = ""] = match;
  const decoded = decodePercents(path);
  if (decoded === undefined) return undefined;
  return {
    userInfo: user === undefined ? undefined : userOf(user),
    host: withoutBrackets(host),
    port: port === "" ? DEFAULT_PORT : Number(port),
    path: cleanPath(decoded),
  };
}

/** The first colon divides host and path; one after a slash belongs to a path of this machine. */
function splitShorthand(text: string): AddressParts | undefined {
  const match = /^(?:([^/:\s]*)@)?(\[[^\]/@]*\]|[^/:@[\]]+):(.*)$/su.exec(text);
  if (match === null) return undefined;
  const [, user, host = "", rest = ""] = match;
  if (user === "") return undefined;
  const path = cleanPath(rest);
  // As in `user:password@host`: no part of it may be taken for a path, which is shown.
  if (/^[^/]*@|\s$/u.test(path)) return undefined;
  return {
    userInfo: user === undefined ? undefined : { username: user, password: "" },
    host: withoutBrackets(host),
    port: DEFAULT_PORT,
    path,
  };
}

function userOf(text: string): AddressParts["userInfo"] {
  const [username = "", ...password] = text.split(":");
  if (username === "") return undefined;
  return { username: decodePart(username), password: decodePart(password.join(":")) };
}

function decodePart(part: string): string {
  return decodePercents(part) ?? part;
}

/** Bytes that stand for no text give `undefined`; a percent sign that stands for nothing stays. */
function decodePercents(text: string): string | undefined {
  const decoded = text.replaceAll(/(?:%[0-9a-f]{2})+/giu, (encoded) =>
    Buffer.from(encoded.replaceAll("%", ""), "hex").toString("utf8"),
  );
  return /[\p{Cc}\uFFFD]/u.test(decoded) ? undefined : decoded;
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/su, "$1").toLowerCase();
}

/** Without trailing slashes; the slash before a home folder only divides it from the host. */
function cleanPath(path: string): string {
  return path.replace(/(?<!\/)\/+$/u, "").replace(/^\/~/u, "~");
}

/** A name, or an address of either version of IP. */
function isHost(host: string): boolean {
  if (host.includes(":")) return isIPv6(host);
  return /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_.])?$/u.test(host);
}

function describeAddress(isUrl: boolean, parts: AddressParts): SshRepositoryUrl {
  const { userInfo, host, port, path } = parts;
  const name = host.includes(":") ? `[${host}]` : host;
  const authority = port === DEFAULT_PORT ? name : `${name}:${port}`;
  const user = userInfo === undefined ? "" : userInfo.username;
  const login = user === "" ? "" : `${isUrl ? encode(user, /[\s%?#@:/]/gu) : user}@`;
  const rest = `${path.startsWith("/") ? "" : "/"}${encode(path)}`;
  return {
    ...parts,
    protocol: "ssh",
    url: isUrl ? `ssh://${authority}${rest}` : `${name}:${path}`,
    credentialUrl: isUrl ? `ssh://${login}${authority}${rest}` : `${login}${name}:${path}`,
    key: `ssh://${authority}${keyOfPath(path)}`,
  };
}

/** What could not be read back as it is. */
function encode(text: string, characters: RegExp = /[\s%?#]/gu): string {
  return text.replaceAll(characters, (character) => encodeURIComponent(character));
}

/** From the home folder, `~/path` and `path` are the same; a path from the root is another one. */
function keyOfPath(path: string): string {
  const clean = path.replaceAll(/\/{2,}/gu, "/").replace(/\.git$/u, "");
  if (clean.startsWith("/")) return clean;
  return clean.startsWith("~") ? `/${clean}` : `/~/${clean}`;
}
