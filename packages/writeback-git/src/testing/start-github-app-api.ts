import { createPublicKey, generateKeyPairSync, verify, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { listenOnLoopback } from "@image-updater/git-remote/testing";

/** Settings of {@link startGithubAppApi}. */
export interface GithubAppApiOptions {
  /** What tells the time to tokens. Default: the machine's clock. */
  readonly now?: (() => Date) | undefined;
  /** How long installation tokens are good. Default: one hour. */
  readonly lifetimeMs?: number | undefined;
  /** PEM RSA key that the App shows. Default: a new one. */
  readonly privateKey?: string | undefined;
  /** Default: one that is free. */
  readonly port?: number | undefined;
  /** Repositories by installation, as `owner/name`. Default: none. */
  readonly installations?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** A request that the API saw. */
export interface GithubAppApiRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** The part of GitHub's API that GitHub Apps log in by, on loopback. */
export interface GithubAppApi {
  /** Without the path of the API. */
  readonly url: string;
  readonly appId: string;
  /** PEM, PKCS#1 as GitHub makes it. */
  readonly privateKey: string;
  /** Every request so far. */
  readonly requests: readonly GithubAppApiRequest[];
  /** Tokens that are good, newest last. */
  tokens(): readonly string[];
  /** Whether a Git server should let in who sends this as `Authorization`: with a token that is good. */
  accepts(authorization: string | undefined): boolean;
  /** Ends all tokens at once. */
  revokeAll(): void;
  /** Answers this status to everything; `undefined` to answer as usual. */
  setStatus(status: number | undefined): void;
  close(): Promise<void>;
}

const APP_ID = "4711";
const LONGEST_SECONDS = 600;
const TOKEN_USER = "x-access-token:";

/**
 * Starts a double of GitHub's API: it looks up installations and makes tokens for them.
 *
 * What an App shows is verified with its public key: issued in the past, and good for ten minutes at
 * most. Paths are answered with and without `/api/v3` in front.
 */
export async function startGithubAppApi(options: GithubAppApiOptions = {}): Promise<GithubAppApi> {
  const { now = () => new Date(), lifetimeMs = 60 * 60 * 1000, installations = {} } = options;
  const privateKey = options.privateKey ?? generateKey();
  const publicKey = createPublicKey(privateKey);
  const requests: GithubAppApiRequest[] = [];
  const tokens = new Map<string, number>();
  let forced: number | undefined;
  let count = 0;

  function createToken(): Answer {
    count += 1;
    const token = `ghs_token${count}`;
    const end = now().getTime() + lifetimeMs;
    tokens.set(token, end);
    return { status: 201, body: { token, expires_at: new Date(end).toISOString() } };
  }

  function answerTo(request: IncomingMessage, path: string): Answer {
    if (forced !== undefined) return { status: forced, body: { message: "no" } };
    if (!isApp(request, publicKey, now())) return { status: 401, body: { message: "bad token" } };
    const [, wanted = ""] = /^\/app\/installations\/(\d+)\/access_tokens$/u.exec(path) ?? [];
    if (request.method === "POST" && wanted in installations) return createToken();
    const [, repository = ""] = /^\/repos\/([^/]+\/[^/]+)\/installation$/u.exec(path) ?? [];
    const found = Object.entries(installations).find(([, list]) => list.includes(repository));
    if (request.method === "GET" && found !== undefined) {
      return { status: 200, body: { id: Number(found[0]), account: { login: "someone" } } };
    }
    return { status: 404, body: { message: "Not Found" } };
  }

  const server = createServer((request, response) => {
    const { method = "GET", url: path = "/" } = request;
    const { status, body } = answerTo(request, path.replace(/^\/api\/v3/u, ""));
    requests.push({ method, path, status });
    request.resume();
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  const { port, close } = await listenOnLoopback(server, options.port);
  const isGood = (token: string): boolean => (tokens.get(token) ?? 0) > now().getTime();
  return {
    url: `http://127.0.0.1:${port}`,
    appId: APP_ID,
    privateKey,
    requests,
    tokens: () => [...tokens.keys()].filter(isGood),
    accepts: (authorization = "") => {
      const sent = Buffer.from(authorization.replace(/^Basic /u, ""), "base64").toString("utf8");
      return sent.startsWith(TOKEN_USER) && isGood(sent.slice(TOKEN_USER.length));
    },
    revokeAll: () => tokens.clear(),
    setStatus: (status) => {
      forced = status;
    },
    close,
  };
}

function generateKey(): string {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

function isApp({ headers }: IncomingMessage, publicKey: KeyObject, now: Date): boolean {
  const [header = "", claims = "", signature = ""] =
    /^Bearer (.+)$/u.exec(headers.authorization ?? "")?.[1]?.split(".") ?? [];
  const isSigned = verify(
    "RSA-SHA256",
    Buffer.from(`${header}.${claims}`),
    publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned || decode(header)["alg"] !== "RS256") return false;
  const { iss, iat, exp } = decode(claims);
  const seconds = now.getTime() / 1000;
  return (
    iss === APP_ID &&
    typeof iat === "number" &&
    typeof exp === "number" &&
    iat <= seconds &&
    exp > seconds &&
    exp <= seconds + LONGEST_SECONDS
  );
}

function decode(part: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  return typeof value === "object" && value !== null ? { ...value } : {};
}
