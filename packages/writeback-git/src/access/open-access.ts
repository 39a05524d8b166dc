import type { GitCredential } from "@image-updater/core";
import type { Dispatcher } from "undici";
import type { RepositoryUrl } from "../repository/repository-url.js";
import { createHttpTransport } from "../transport/http-transport.js";
import { createSmartHttp } from "../transport/smart-http.js";
import { authorizationOf } from "./authorization.js";
import type { ForgeAccess, RepositoryAccess } from "./repository-access.js";

/** Settings of {@link openAccess}. */
export interface AccessSettings {
  readonly dispatcher: Dispatcher | undefined;
  readonly requestTimeoutMs: number;
}

/** Where, and as whom. */
export interface AccessRequest {
  readonly address: RepositoryUrl;
  readonly credential: GitCredential;
  /** Where an earlier greeting was found, and who is told where it is found now. */
  readonly greeting: {
    base(identity: string | undefined): string | undefined;
    found(identity: string | undefined, base: string): void;
  };
  readonly signal: AbortSignal | undefined;
}

/** Opens the way into a repository. */
export async function openAccess(
  { dispatcher, requestTimeoutMs }: AccessSettings,
  { address, credential, greeting }: AccessRequest,
): Promise<RepositoryAccess> {
  const authorization = authorizationOf(credential, address);
  const identity = authorization.header;
  const transport = createSmartHttp({
    url: address.url,
    base: greeting.base(identity),
    authorization,
    send: createHttpTransport({ dispatcher, requestTimeoutMs }),
    found: (base) => greeting.found(identity, base),
  });
  return { transport, identity, forge: forgeAccess(credential, dispatcher) };
}

function forgeAccess(
  credential: GitCredential,
  dispatcher: Dispatcher | undefined,
): ForgeAccess | undefined {
  if (credential.kind === "basic") return { kind: "basic", token: credential.password, dispatcher };
  if (credential.kind === "bearer") return { kind: "bearer", token: credential.token, dispatcher };
  return undefined;
}
