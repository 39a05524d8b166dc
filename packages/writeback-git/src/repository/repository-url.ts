import { WriteBackError } from "@image-updater/core";

/** A repository's address, taken apart. */
export interface RepositoryUrl {
  /** For requests: no user information, no trailing slash. */
  readonly url: string;
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
 * Takes a repository URL apart.
 *
 * Throws `unsupported` for anything but `https://`, and `http://` where that is allowed. No message
 * holds what may be a credential: user information and queries are left out.
 */
export function parseRepositoryUrl(text: string, { allowHttp }: RepositoryUrlRules): RepositoryUrl {
  const target = withoutUserInfo(text);
  const refuse = (reason: string): WriteBackError =>
    new WriteBackError("unsupported", `cannot write to ${target}: ${reason}`, { target });
  if (!URL.canParse(text) || !text.includes("://")) {
    throw refuse(isSshShorthand(text) ? SSH_REASON : "it is not an https:// URL");
  }
  const parsed = new URL(text);
  if (parsed.protocol === "ssh:") throw refuse(SSH_REASON);
  if (parsed.protocol === "http:" && !allowHttp) {
    throw refuse("plain http:// sends everything unprotected; use https://, or set allowHttp");
  }
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") {
    throw refuse("only https:// is supported");
  }
  if (parsed.search !== "") throw refuse("a repository URL has no query");
  const path = parsed.pathname.replace(/\/+$/u, "");
  if (path === "") throw refuse("it names no repository");
  const url = `${parsed.origin}${path}`;
  return { url, key: url.replace(/\.git$/u, ""), userInfo: userInfoOf(parsed) };
}

/** A repository address for messages: without user information, query and fragment. */
export function withoutUserInfo(text: string): string {
  const bare = text.replace(/[?#].*$/su, "");
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//iu.exec(bare)?.[0] ?? "";
  const rest = bare.slice(scheme.length);
  const authority = scheme === "" ? rest : (rest.split("/", 1)[0] ?? "");
  return `${scheme}${authority.slice(authority.lastIndexOf("@") + 1)}${rest.slice(authority.length)}`;
}

const SSH_REASON = "this version writes over https://, not SSH; use the repository's https:// URL";

function isSshShorthand(text: string): boolean {
  return /^(?:[^/@:]+@)?[^/@:]+:[^/]/u.test(text);
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
