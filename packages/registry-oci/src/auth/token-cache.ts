import type { Clock } from "@image-updater/core";
import { createBoundedMap } from "../http/bounded-map.js";
import type { Call } from "../http/call.js";
import { createSingleFlight } from "../http/single-flight.js";

const MOST_TOKENS = 10_000;
const EARLIEST_MS = 30_000;

/** A Bearer token and the time it is good for. */
export interface Token {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  /** Milliseconds since the epoch, as the server says. */
  readonly expiresAt: number;
}

/** Tokens by everything they depend on. */
export interface TokenCache {
  /** A token that still lives, or the one `fetch` brings; `undefined` when the signal was aborted. */
  get(
    key: string,
    fetch: (call: Call) => Promise<Token>,
    caller?: Call,
  ): Promise<string | undefined>;
  /** Forgets a token that was refused. */
  forget(key: string, value: string): void;
}

/** A cache whose entries die a tenth of their life, at most 30 seconds, before the server says. */
export function createTokenCache(clock: Clock): TokenCache {
  const tokens = createBoundedMap<Token>(MOST_TOKENS);
  const flights = createSingleFlight<Token>();

  function livingToken(key: string): Token | undefined {
    const token = tokens.get(key);
    if (token === undefined) return undefined;
    if (clock.now().getTime() < dueAt(token)) return token;
    tokens.delete(key);
    return undefined;
  }

  return {
    async get(key, fetch, caller): Promise<string | undefined> {
      const fetchAndKeep = async (call: Call): Promise<Token> => {
        const token = await fetch(call);
        tokens.set(key, token);
        return token;
      };
      const token = livingToken(key) ?? (await flights.run(key, fetchAndKeep, caller));
      return token?.value;
    },
    forget(key, value): void {
      if (tokens.get(key)?.value === value) tokens.delete(key);
    },
  };
}

function dueAt({ issuedAt, expiresAt }: Token): number {
  return expiresAt - Math.min(EARLIEST_MS, (expiresAt - issuedAt) / 10);
}
