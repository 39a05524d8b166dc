import { createHash } from "node:crypto";
import { CredentialError, type GitConnection } from "@image-updater/core";
import { refuseIgnoredSettings } from "@image-updater/http";
import type { Dispatcher } from "undici";
import { createConnectionDispatcher, type OwnDispatcher } from "./connection-dispatcher.js";
import { readWellKnownAuthorities } from "./well-known-authorities.js";

/** A dispatcher that is in use until it is given back. */
export interface BorrowedDispatcher {
  readonly dispatcher: Dispatcher;
  release(): void;
}

/** Dispatchers for the connection settings of credentials, shared by all calls of a write-back. */
export interface Connections {
  /**
   * The dispatcher for some settings; `undefined` when nothing is set.
   *
   * Throws a `CredentialError`, which names `reference`, for settings that cannot be used.
   */
  borrow(
    connection: GitConnection | undefined,
    reference: string,
  ): Promise<BorrowedDispatcher | undefined>;
}

interface Shared extends OwnDispatcher {
  borrowers: number;
  isEvicted: boolean;
}

const MOST_KEPT = 32;

/**
 * Keeps the dispatchers used last, and their idle connections with them.
 *
 * One that has to go is closed when its last borrower has given it back.
 */
export function createConnections(mostKept: number = MOST_KEPT): Connections {
  const kept = new Map<string, Shared>();
  let wellKnown: Promise<readonly string[]> | undefined;

  function keep(key: string, shared: Shared): void {
    kept.delete(key);
    kept.set(key, shared);
    const [oldest] = kept;
    if (kept.size <= mostKept || oldest === undefined) return;
    kept.delete(oldest[0]);
    oldest[1].isEvicted = true;
    closeIfUnused(oldest[1]);
  }

  return {
    borrow: async (connection, reference) => {
      if (connection === undefined || !isSet(connection)) return undefined;
      refuseForBun(connection, reference);
      wellKnown ??= readWellKnownAuthorities();
      const context = { reference, wellKnown: await wellKnown };
      const key = keyOf(connection);
      const shared = kept.get(key) ?? {
        ...createConnectionDispatcher(connection, context),
        borrowers: 0,
        isEvicted: false,
      };
      shared.borrowers += 1;
      keep(key, shared);
      let isReleased = false;
      const release = (): void => {
        if (isReleased) return;
        isReleased = true;
        shared.borrowers -= 1;
        closeIfUnused(shared);
      };
      return { dispatcher: shared.dispatcher, release };
    },
  };
}

function refuseForBun(connection: GitConnection, reference: string): void {
  const { ca, clientCertificate, insecure, proxy } = connection;
  try {
    refuseIgnoredSettings(reference, { ca, clientCertificate, insecure, proxy });
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    throw new CredentialError("unsupported-reference", message, { reference, cause: error });
  }
}

function closeIfUnused({ borrowers, isEvicted, close }: Shared): void {
  if (isEvicted && borrowers === 0) void close().catch(() => undefined);
}

/** Exemptions from no proxy are not settings. */
function isSet({ ca, clientCertificate, insecure, proxy }: GitConnection): boolean {
  const texts = [ca, proxy, clientCertificate?.certificate];
  return insecure === true || texts.some((text) => text !== undefined && text !== "");
}

function keyOf({ ca, clientCertificate, insecure, proxy, noProxy }: GitConnection): string {
  const { certificate, key } = clientCertificate ?? {};
  const parts = [ca, certificate, key, insecure, proxy, noProxy];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
