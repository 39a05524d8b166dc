import { once } from "node:events";
import type { Clock } from "@image-updater/core";
import type { HttpTransport } from "@image-updater/git-remote";
import { cancelledError } from "../../write-back-failure.js";
import { signAppToken } from "./app-token.js";
import {
  createInstallationToken,
  lookUpInstallation,
  type GithubAppCall,
  type InstallationToken,
} from "./github-app-api.js";
import type { GithubApp } from "./github-app.js";

/** A token that is wanted. */
export interface TokenRequest {
  readonly app: GithubApp;
  /** Reaches the API. */
  readonly send: HttpTransport;
  /** A token that was refused, and is not answered again. */
  readonly refused?: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Installation tokens of GitHub Apps, shared by all calls of a write-back. In memory only. */
export interface InstallationTokens {
  /**
   * A token that is good for five minutes at least; those who ask at the same time share one.
   *
   * Throws a `CredentialError` for a key that is none, and a `WriteBackError` when the API gives no
   * token.
   */
  get(request: TokenRequest): Promise<string>;
}

const RENEWED_BEFORE_MS = 5 * 60 * 1000;
const MOST_KEPT = 1000;

/** Nothing is kept at first; what is kept is kept by App, private key, API and installation. */
export function createInstallationTokens(clock: Pick<Clock, "now">): InstallationTokens {
  const installations = new Map<string, string>();
  const tokens = new Map<string, InstallationToken>();
  const underWay = new Map<string, Promise<string>>();

  function share(key: string, work: () => Promise<string>): Promise<string> {
    const shared = underWay.get(key) ?? work().finally(() => underWay.delete(key));
    underWay.set(key, shared);
    return shared;
  }

  async function installationOf(
    app: GithubApp,
    place: string,
    send: HttpTransport,
  ): Promise<string> {
    const { installation } = app;
    if (typeof installation === "string") return installation;
    return (
      installations.get(place) ??
      share(place, async () => {
        const id = await lookUpInstallation(callOf(app, send), installation);
        return keep(installations, place, id);
      })
    );
  }

  async function find({ app, send, refused }: TokenRequest): Promise<string> {
    const place = JSON.stringify([app.key, app.installation]);
    const id = await installationOf(app, place, send);
    const key = JSON.stringify([app.key, id]);
    const known = tokens.get(key);
    if (known !== undefined && known.token !== refused && isGood(known)) return known.token;
    return share(`token of ${key}`, async () => {
      try {
        const made = await createInstallationToken(callOf(app, send), id);
        return keep(tokens, key, made).token;
      } catch (error) {
        // An App that was installed anew is found by its repository only.
        installations.delete(place);
        throw error;
      }
    });
  }

  function callOf(app: GithubApp, send: HttpTransport): GithubAppCall {
    return { app, send, appToken: signAppToken(app, clock.now()) };
  }

  function isGood({ expiresAt }: InstallationToken): boolean {
    return expiresAt.getTime() - RENEWED_BEFORE_MS > clock.now().getTime();
  }

  return {
    get: (request) => untilAborted(() => find(request), request),
  };
}

/** Those who ask share the work, so one of them that goes leaves it alone. */
async function untilAborted(
  start: () => Promise<string>,
  { signal, app }: TokenRequest,
): Promise<string> {
  if (signal === undefined) return start();
  if (signal.aborted) throw cancelledError(app.target);
  const listening = new AbortController();
  const aborted = once(signal, "abort", { signal: listening.signal }).then(() => {
    throw cancelledError(app.target);
  });
  try {
    return await Promise.race([start(), aborted]);
  } finally {
    listening.abort();
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): T {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST_KEPT && oldest !== undefined) map.delete(oldest);
  return value;
}
