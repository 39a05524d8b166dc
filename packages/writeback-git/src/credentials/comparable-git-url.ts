/** A repository's address in a form that can be compared. */
export interface ComparableGitUrl {
  readonly protocol: "http" | "https" | "ssh" | "other";
  /** Scheme, host and port; for SSH the user as well. Credentials never go to another one. */
  readonly origin: string;
  /** Without brackets and port. */
  readonly hostname: string;
  /** Begins with a slash; ends as it was written. */
  readonly path: string;
}

/**
 * Brings the spellings of one repository into one form; `undefined` for what is not an address.
 *
 * As Argo CD: in lower case throughout, `git@host:path` like `ssh://git@host/path`, without `.git` at
 * the end. Besides, default ports and the user information of HTTP are left out, and SSH without a user
 * is SSH as `git`.
 */
export function comparableGitUrl(text: string): ComparableGitUrl | undefined {
  const lower = text.trim().toLowerCase();
  const [, scheme = ""] = /^([a-z][a-z0-9+.-]*):\/\//u.exec(lower) ?? [];
  if (scheme === "ssh") return parseSshUrl(lower);
  return scheme === "" ? parseShorthand(lower) : parseUrl(lower);
}

/** Whether two addresses are those of one repository. */
export function isSameRepository(one: ComparableGitUrl, other: ComparableGitUrl): boolean {
  return one.origin === other.origin && nameOf(one.path) === nameOf(other.path);
}

/**
 * How much of an address a prefix on the same server stands for; `undefined` when it is none.
 *
 * As Argo CD the path is compared as text: `/team` is a prefix of `/team-two`, and `/team/` is not.
 */
export function matchPrefix(url: ComparableGitUrl, prefix: ComparableGitUrl): number | undefined {
  const start = withoutSuffix(prefix.path);
  const isPrefix = url.origin === prefix.origin && withoutSuffix(url.path).startsWith(start);
  return isPrefix ? start.length : undefined;
}

const PROTOCOLS: ReadonlyMap<string, ComparableGitUrl["protocol"]> = new Map([
  ["https:", "https"],
  ["http:", "http"],
] as const);

function parseUrl(text: string): ComparableGitUrl | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { hostname, pathname } = url;
  if (hostname === "") return undefined;
  const protocol = PROTOCOLS.get(url.protocol) ?? "other";
  return {
    protocol,
    origin: `${url.protocol}//${url.host}`,
    hostname: withoutBrackets(hostname),
    path: pathname === "" ? "/" : pathname,
  };
}

function parseSshUrl(text: string): ComparableGitUrl | undefined {
  const pattern = /^ssh:\/\/(?:([^/@]*)@)?(\[[^\]/@]+\]|[^/:@[\]]+)(?::(\d*))?(\/.*)?$/su;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, user, host = "", port = "", path = "/"] = match;
  const [name] = (user ?? "").split(":");
  return ssh(name, host, port, path);
}

/** `user@host:path`, and `user@host` as a prefix for all that it has. */
function parseShorthand(text: string): ComparableGitUrl | undefined {
  const match = /^(?:([^/:@]+)@)?(\[[^\]/@]+\]|[^/:@[\]\s]+)(?::(.*))?$/su.exec(text);
  if (match === null) return undefined;
  const [, user, host = "", path] = match;
  if (user === undefined && path === undefined) return undefined;
  return ssh(user, host, "", `/${path ?? ""}`);
}

function ssh(user: string | undefined, host: string, port: string, path: string): ComparableGitUrl {
  const login = user === undefined || user === "" ? "git" : user;
  const rest = port === "" || port === "22" ? "" : `:${port}`;
  return {
    protocol: "ssh",
    origin: `ssh://${login}@${host}${rest}`,
    hostname: withoutBrackets(host),
    path: path.replace(/^\/+/u, "/"),
  };
}

function withoutSuffix(path: string): string {
  return path.replace(/\.git$/u, "");
}

function nameOf(path: string): string {
  return withoutSuffix(path.replace(/(?<!\/)\/+$/u, ""));
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/su, "$1");
}
