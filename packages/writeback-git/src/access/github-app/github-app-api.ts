import { WriteBackError, type WriteBackErrorCode } from "@image-updater/core";
import { z } from "zod";
import { type HttpAnswer, type HttpTransport, readStart } from "@image-updater/git-remote";
import type { OwnerRepository } from "../../forge/forge-project.js";
import type { GithubApp } from "./github-app.js";

/** A token of an installation. Never shown. */
export interface InstallationToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** How the API is called: over what, and as which App. */
export interface GithubAppCall {
  readonly app: GithubApp;
  readonly send: HttpTransport;
  /** JSON Web Token of the App. */
  readonly appToken: string;
}

const tokenSchema = z.object({
  token: z.string().min(1),
  expires_at: z.iso.datetime({ offset: true }),
});
const installationSchema = z.object({ id: z.number().int() });

/** Makes a token for an installation (GitHub REST, "Create an installation access token for an app"). */
export async function createInstallationToken(
  call: GithubAppCall,
  installationId: string,
): Promise<InstallationToken> {
  const { apiUrl } = call.app;
  const url = new URL(`${apiUrl}/app/installations/${installationId}/access_tokens`);
  const answer = await exchange(call, "POST", url);
  const { token, expires_at: end } = await decode(call, answer, tokenSchema, 201);
  return { token, expiresAt: new Date(end) };
}

/** Looks up which installation a repository belongs to ("Get a repository installation for the authenticated app"). */
export async function lookUpInstallation(
  call: GithubAppCall,
  { owner, repository }: OwnerRepository,
): Promise<string> {
  const path = `repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}/installation`;
  const url = new URL(`${call.app.apiUrl}/${path}`);
  const answer = await followRename(call, url, await exchange(call, "GET", url));
  const { id } = await decode(call, answer, installationSchema, 200);
  return String(id);
}

/** A repository that was renamed is found by its number, at the same API. */
async function followRename(
  call: GithubAppCall,
  url: URL,
  answer: HttpAnswer,
): Promise<HttpAnswer> {
  const location = answer.headers["location"];
  const isRedirect = answer.status >= 301 && answer.status <= 308 && location !== undefined;
  if (!isRedirect || !URL.canParse(location, url.href)) return answer;
  const next = new URL(location, url);
  if (next.origin !== url.origin) return answer;
  await readStart(answer.body, 0);
  return exchange(call, "GET", next);
}

function exchange(
  { app, send, appToken }: GithubAppCall,
  method: "GET" | "POST",
  url: URL,
): Promise<HttpAnswer> {
  return send({
    method,
    url: url.href,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${appToken}`,
      "x-github-api-version": "2022-11-28",
    },
    target: app.apiUrl,
    maxBytes: MAX_BYTES,
    signal: undefined,
  });
}

const MAX_BYTES = 1024 * 1024;

async function decode<T>(
  { app }: GithubAppCall,
  answer: HttpAnswer,
  schema: z.ZodType<T>,
  status: number,
): Promise<T> {
  const text = Buffer.from(await readStart(answer.body, MAX_BYTES)).toString("utf8");
  if (answer.status !== status) throw statusError(app, answer);
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const message = `${app.apiUrl} did not answer as the API of GitHub; is it the right one for ${app.target}?`;
  throw new WriteBackError("invalid-response", message, { target: app.target });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function statusError(
  { apiUrl, appId, target }: GithubApp,
  { status, headers }: HttpAnswer,
): WriteBackError {
  const isLimited = headers["x-ratelimit-remaining"] === "0" || "retry-after" in headers;
  const [code, reason] = meaningOf(status, isLimited);
  const message = `${target}: ${apiUrl} ${reason} (HTTP ${status}, GitHub App ${appId})`;
  return new WriteBackError(code, message, { target });
}

function meaningOf(
  status: number,
  isLimited: boolean,
): readonly [code: WriteBackErrorCode, reason: string] {
  if (status === 429 || (status === 403 && isLimited)) {
    return ["unavailable", "asks to send fewer requests"];
  }
  if (status >= 500) return ["unavailable", "failed"];
  if (status === 401) {
    const reason =
      "does not accept the App; check its id, its private key and this machine's clock";
    return ["unauthorized", reason];
  }
  if (status === 407) return ["unauthorized", "is behind a proxy that wants other credentials"];
  if (status === 404) {
    const reason = "knows no such installation; install the App, or correct its installation id";
    return ["not-found", reason];
  }
  if (status === 403 || status === 422) return ["forbidden", "gives the App no token"];
  return ["invalid-response", "did not answer as the API of GitHub"];
}
