import { createHash } from "node:crypto";
import { CredentialError, WriteBackError, type GitCredential } from "@image-updater/core";
import { parseOwnerRepository, type OwnerRepository } from "../../forge/forge-project.js";

/** A GitHub App that acts for one repository. */
export interface GithubApp {
  readonly appId: string;
  /** PEM RSA key. Never shown. */
  readonly privateKey: string;
  /** URL of the API, without a slash at the end. */
  readonly apiUrl: string;
  /** The installation, or the repository to look it up by. */
  readonly installation: string | OwnerRepository;
  /** URL of the repository, for messages. */
  readonly target: string;
  /** Tells App, key and API apart, hashed. */
  readonly key: string;
}

type GithubAppCredential = Extract<GitCredential, { readonly kind: "github-app" }>;

const DEFAULT_API = "https://api.github.com";

/**
 * The App that a credential describes.
 *
 * Throws a `CredentialError` where its ids are not numbers or its API is not a URL, and a `WriteBackError`
 * `unsupported` where no installation is given and the repository's URL names no owner.
 */
export function describeGithubApp(
  { appId, installationId, privateKey, baseUrl = DEFAULT_API }: GithubAppCredential,
  { url: target, allowHttp }: { readonly url: string; readonly allowHttp: boolean },
): GithubApp {
  requireNumber(target, "id", appId);
  if (installationId !== undefined) requireNumber(target, "installation id", installationId);
  const apiUrl = apiUrlOf(baseUrl, target, allowHttp);
  const installation = installationId ?? parseOwnerRepository(target);
  if (installation === undefined) {
    const message = `${target} names no owner, by which the installation of GitHub App ${appId} could be looked up; give its installation id`;
    throw new WriteBackError("unsupported", message, { target });
  }
  const key = createHash("sha256").update(JSON.stringify([apiUrl, appId, privateKey]));
  return { appId, privateKey, apiUrl, installation, target, key: key.digest("hex") };
}

/** A bare GitHub Enterprise Server has its API below `/api/v3`; a host of its own for the API has not. */
function apiUrlOf(text: string, target: string, allowHttp: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAllowed = url?.protocol === "https:" || (allowHttp && url?.protocol === "http:");
  if (url === undefined || !isAllowed || hasMore(url)) {
    throw invalid(target, `its API should be a URL such as ${DEFAULT_API} or https://HOST/api/v3`);
  }
  const path = url.pathname.replace(/(?<!\/)\/+$/u, "");
  const isBare = path === "" && !url.hostname.startsWith("api.");
  return `${url.origin}${isBare ? "/api/v3" : path}`;
}

function hasMore({ username, password, search, hash }: URL): boolean {
  return `${username}${password}${search}${hash}` !== "";
}

function requireNumber(target: string, what: string, value: string): void {
  if (!/^\d+$/u.test(value)) throw invalid(target, `its ${what} should be a number`);
}

function invalid(target: string, reason: string): CredentialError {
  const message = `the GitHub App for ${target} cannot be used: ${reason}`;
  return new CredentialError("invalid-secret", message, { reference: target });
}
