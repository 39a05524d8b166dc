import { GitRemoteError } from "../git-remote-error.js";
import type { GitTransport } from "./git-transport.js";
import { readStart, type HttpAnswer, type HttpTransport } from "./http-transport.js";
import { cleanServerText } from "./server-text.js";
import { statusError } from "./status-error.js";

/** How requests prove who they are, and what must never be seen in a message. */
export interface HttpAuthorization {
  /** Value of the `Authorization` header; absent for anonymous access. */
  readonly header: string | undefined;
  readonly secrets: readonly string[];
}

/** What {@link createSmartHttp} is made of. */
export interface SmartHttpSettings {
  /** Repository URL, without user information. */
  readonly url: string;
  /** Where an earlier greeting was found; absent before the first. */
  readonly base?: string | undefined;
  readonly authorization: HttpAuthorization;
  readonly send: HttpTransport;
  /** Told where the greeting was found: the URL, or where it redirects to. */
  readonly found?: ((base: string) => void) | undefined;
}

const MAX_ADVERTISEMENT_BYTES = 64 * 1024 * 1024;
const MAX_REPORT_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 3;
const ADVERTISEMENT_PATH = "/info/refs";
/** A server that does not know it answers in version 0. There is no version 2 of a push. */
const PROTOCOL = { "git-protocol": "version=2" };

/**
 * Git over HTTP (gitprotocol-http), with credentials sent up front.
 *
 * A redirect is followed for greetings only, and only within the origin; what is posted afterwards
 * goes to where the greeting was found.
 */
export function createSmartHttp(settings: SmartHttpSettings): GitTransport {
  const { url: target, authorization } = settings;
  const exchange = createExchange(settings);
  let base = settings.base ?? target;
  return {
    target,
    clean: (text) => cleanServerText(text, authorization.secrets),
    async *greeting(signal) {
      const found = await findGreeting(target, "git-upload-pack", exchange, signal);
      ({ base } = found);
      settings.found?.(base);
      yield* found.body;
    },
    async *pushGreeting(signal) {
      const found = await findGreeting(base, "git-receive-pack", exchange, signal);
      ({ base } = found);
      yield* found.body;
    },
    uploadPack: (body, { maxBytes, signal }) =>
      exchange.post(`${base}/git-upload-pack`, { body, maxBytes, signal }),
    receivePack: (body, signal) =>
      exchange.post(`${base}/git-receive-pack`, { body, maxBytes: MAX_REPORT_BYTES, signal }),
  };
}

type GitService = "git-upload-pack" | "git-receive-pack";

interface Exchange {
  get(
    url: URL,
    more: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer>;
  /** The body of a good answer to a POST; anything else is thrown. */
  post(url: string, request: PostRequest): AsyncIterable<Uint8Array>;
  /** The body of an answer, if it is of the type that was asked for. */
  bodyOf(answer: HttpAnswer, type: string): Promise<AsyncIterable<Uint8Array>>;
}

interface PostRequest {
  readonly body: Uint8Array;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

function createExchange({ url: target, authorization, send }: SmartHttpSettings): Exchange {
  const { header, secrets } = authorization;
  const headers = header === undefined ? {} : { authorization: header };
  const clean = (text: string): string => cleanServerText(text, secrets);
  const bodyOf: Exchange["bodyOf"] = async (answer, type) => {
    if (answer.status !== 200 && !isRedirect(answer)) {
      throw await statusError(answer, { target, authorized: header !== undefined, clean });
    }
    const given = answer.headers["content-type"] ?? "nothing";
    const isWanted = given.split(";", 1)[0]?.trim() === type && !isRedirect(answer);
    if (isWanted) return answer.body;
    await readStart(answer.body, 0);
    if (isRedirect(answer)) throw redirectError(target, "redirects; configure its new URL");
    const message = `${target}: the server answered ${clean(given)}, not ${type}; is it a Git repository?`;
    throw new GitRemoteError("invalid-response", message, { target });
  };
  return {
    bodyOf,
    get: (url, more, signal) =>
      send({
        method: "GET",
        url: url.href,
        headers: { ...headers, ...more },
        target,
        maxBytes: MAX_ADVERTISEMENT_BYTES,
        signal,
      }),
    async *post(url, request) {
      const service = url.slice(url.lastIndexOf("/") + 1);
      const type = `application/x-${service}-request`;
      const accept = `application/x-${service}-result`;
      const protocol = service === "git-upload-pack" ? PROTOCOL : {};
      const all = { ...headers, ...protocol, "content-type": type, accept };
      const answer = await send({ method: "POST", url, headers: all, target, ...request });
      yield* await bodyOf(answer, accept);
    },
  };
}

async function findGreeting(
  target: string,
  service: GitService,
  exchange: Exchange,
  signal: AbortSignal | undefined,
): Promise<{ readonly base: string; readonly body: AsyncIterable<Uint8Array> }> {
  let url = new URL(`${target}${ADVERTISEMENT_PATH}?service=${service}`);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const protocol = service === "git-upload-pack" ? PROTOCOL : {};
    const answer = await exchange.get(url, protocol, signal);
    const location = answer.headers["location"];
    if (!isRedirect(answer) || location === undefined) {
      const body = await exchange.bodyOf(answer, `application/x-${service}-advertisement`);
      return { base: url.origin + url.pathname.slice(0, -ADVERTISEMENT_PATH.length), body };
    }
    await readStart(answer.body, 0);
    url = redirectTarget(target, url, location);
  }
  throw redirectError(target, "redirects too often");
}

/** Only to the same origin: credentials and trust in a host do not move to another one. */
function redirectTarget(target: string, from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw redirectError(target, "redirects to no valid URL");
  const next = new URL(location, from);
  if (next.origin !== from.origin) {
    throw redirectError(target, `redirects to ${next.origin}; configure the repository's new URL`);
  }
  if (!next.pathname.endsWith(ADVERTISEMENT_PATH) || next.search !== from.search) {
    throw redirectError(target, "redirects to a page that is not a Git repository");
  }
  return next;
}

function redirectError(target: string, reason: string): GitRemoteError {
  return new GitRemoteError("invalid-response", `${target} ${reason}`, { target });
}

function isRedirect({ status }: HttpAnswer): boolean {
  return status >= 300 && status < 400;
}
