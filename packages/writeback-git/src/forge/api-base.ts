import { WriteBackError, type ForgeKind } from "@image-updater/core";

/** What decides where the API of a repository's forge is. */
export interface ApiBaseSource {
  /** URL of the repository, without user information. */
  readonly repository: string;
  /** URLs of APIs by host, with its port if it has one, as the settings name them. */
  readonly apiUrls: Readonly<Record<string, string>>;
  /** Whether an API that the settings name may be plain `http://`: the token is sent unprotected. */
  readonly allowHttp: boolean;
  /** API that the credential names; only GitHub Apps do. */
  readonly credentialUrl?: string | undefined;
}

/**
 * URL of a forge's API, without a slash at the end: as the settings say, else as the credential does,
 * else where the forge has it by itself.
 *
 * Throws `unsupported` for a URL that cannot be one.
 */
export function apiBaseOf(kind: ForgeKind, source: ApiBaseSource): string {
  const { origin, host } = serverOf(source.repository);
  const configured = Object.entries(source.apiUrls).find(
    ([name]) => name.toLowerCase() === host,
  )?.[1];
  if (configured !== undefined) return configuredUrl(configured, source);
  const { credentialUrl = "" } = source;
  if (kind === "github" && credentialUrl !== "") {
    return withEnterprisePath(checkedUrl(credentialUrl, source, "the credential"));
  }
  if (kind === "github" && host === "github.com") return "https://api.github.com";
  return `${origin}${API_PATHS[kind]}`;
}

const API_PATHS: Readonly<Record<ForgeKind, string>> = {
  github: "/api/v3",
  gitlab: "/api/v4",
  gitea: "/api/v1",
};

/** Where the server of a repository is reached by HTTP; that of an SSH URL by https, on no other port. */
function serverOf(repository: string): { readonly origin: string; readonly host: string } {
  const isHttp = /^https?:\/\//iu.test(repository);
  if (isHttp) {
    const { origin, host } = new URL(repository);
    return { origin, host };
  }
  const address = repository.replace(/^[a-z]+:\/\//iu, "").replace(/^[^/@]*@/u, "");
  const host = (/^(?:\[[^\]]*\]|[^/:]+)/u.exec(address)?.[0] ?? "").toLowerCase();
  return { origin: `https://${host}`, host };
}

function configuredUrl(text: string, source: ApiBaseSource): string {
  const url = checkedUrl(text, source, "the setting apiUrls");
  if (source.allowHttp || !url.startsWith("http:")) return url;
  const { repository: target } = source;
  const message = `${target}: the setting apiUrls names a plain http:// API, which sends everything unprotected; use https://, or set allowHttp`;
  throw new WriteBackError("unsupported", message, { target });
}

function checkedUrl(text: string, { repository }: ApiBaseSource, where: string): string {
  const isUrl = URL.canParse(text) && /^https?:\/\/[^/]/iu.test(text);
  const url = isUrl ? new URL(text) : undefined;
  if (url?.username === "" && url.password === "" && url.search === "" && url.hash === "") {
    return `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/u, "")}`;
  }
  const message = `${repository}: ${where} names no API; it should be a URL such as https://HOST/api/v3, without user information and query`;
  throw new WriteBackError("unsupported", message, { target: repository });
}

/** A bare GitHub Enterprise Server has its API below `/api/v3`; a host of its own for the API has not. */
function withEnterprisePath(url: string): string {
  const { pathname, hostname } = new URL(url);
  return pathname === "/" && !hostname.startsWith("api.") ? `${url}${API_PATHS.github}` : url;
}
