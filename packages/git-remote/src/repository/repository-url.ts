import { GitRemoteError } from "../git-remote-error.js";
import { parseSshAddress, type SshRepositoryUrl } from "./ssh-address.js";

/** A repository's address, taken apart. */
export type RepositoryUrl = HttpRepositoryUrl | SshRepositoryUrl;

/** A repository that is reached by requests. */
export interface HttpRepositoryUrl {
  readonly protocol: "http" | "https";
  /** For requests: no user information, no trailing slash. */
  readonly url: string;
  /** What credentials are looked up by. */
  readonly credentialUrl: string;
  /** The same repository in another spelling has the same key (as Argo CD: with or without `.git`). */
  readonly key: string;
  /** User and password that stood in the URL. */
  readonly userInfo: { readonly username: string; readonly password: string } | undefined;
}

/** What decides which addresses are accepted. */
export interface RepositoryUrlRules {
  readonly allowHttp: boolean;
}

/**
 * Takes a repository URL apart: `https://`, `ssh://` and the short form of Git, `user@host:path`.
 *
 * Throws `unsupported` for anything else, and for `http://` where that is not allowed. No message
 * holds what may be a credential: user information and queries are left out.
 */
export function parseRepositoryUrl(text: string, rules: RepositoryUrlRules): RepositoryUrl {
  const target = withoutUserInfo(text);
  const refuse = (reason: string): GitRemoteError =>
    new GitRemoteError("unsupported", `cannot write to ${target}: ${reason}`, { target });
  const trimmed = text.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//iu.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "ssh") return parseHttpUrl(trimmed, rules, refuse);
  const parsed = parseSshAddress(trimmed);
  if (parsed.kind === "invalid") throw refuse(parsed.reason);
  return parsed.address;
}

function parseHttpUrl(
  text: string,
  { allowHttp }: RepositoryUrlRules,
  refuse: (reason: string) => GitRemoteError,
): HttpRepositoryUrl {
  if (!URL.canParse(text)) throw refuse("it is not an https:// URL");
  const parsed = new URL(text);
  if (parsed.protocol === "http:" && !allowHttp) {
    throw refuse("plain http:// sends everything unprotected; use https://, or set allowHttp");
  }
  const protocol = HTTP_PROTOCOLS.find((name) => parsed.protocol === `${name}:`);
  if (protocol === undefined) throw refuse("only https:// and SSH are supported");
  if (parsed.search !== "") throw refuse("a repository URL has no query");
  const path = parsed.pathname.replace(/(?<!\/)\/+$/u, "");
  if (path === "") throw refuse("it names no repository");
  const url = `${parsed.origin}${path}`;
  const key = url.replace(/\.git$/u, "");
  return { protocol, url, credentialUrl: url, key, userInfo: userInfoOf(parsed) };
}

const HTTP_PROTOCOLS = ["https", "http"] as const;

/** A repository address for messages: without user information, query and fragment. */
export function withoutUserInfo(text: string): string {
  const scheme = /^\s*[a-z][a-z0-9+.-]*:\/\//iu.exec(text)?.[0] ?? "";
  const rest = text.slice(scheme.length);
  const authority = scheme !== "" && isWhole(text) ? (/^[^/?#]*/u.exec(rest)?.[0] ?? "") : rest;
  const bare = rest.slice(authority.lastIndexOf("@") + 1);
  return `${scheme}${bare.replace(/[?#].*$/su, "")}`;
}

/** Whether a URL has a host and a path; else a password may hold what seems to end its authority. */
function isWhole(text: string): boolean {
  return URL.canParse(text) && new URL(text).pathname.length > 1;
}

function userInfoOf(url: URL): RepositoryUrl["userInfo"] {
  if (url.username === "" && url.password === "") return undefined;
  return { username: decode(url.username), password: decode(url.password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
