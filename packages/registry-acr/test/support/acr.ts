import {
  CredentialError,
  RegistryError,
  type CancelSignal,
  type Clock,
  type Repository,
} from "@image-updater/core";
import {
  acrCredentials,
  accessKey,
  type AcrCredentials,
  type AcrCredentialsSettings,
} from "@image-updater/registry-acr";
import {
  startAcrOpenApi,
  type AcrOpenApiOptions,
  type AcrOpenApiServer,
} from "@image-updater/registry-acr/testing";
import {
  startOciRegistry,
  type OciTestAuth,
  type OciTestOptions,
  type OciTestServer,
} from "@image-updater/registry-oci/testing";
import { MockAgent, type Dispatcher } from "undici";
import { onTestFinished } from "vitest";

export const ENTERPRISE_HOST = "demo-registry.cn-hangzhou.cr.aliyuncs.com";
export const PERSONAL_HOST = "registry.cn-hangzhou.aliyuncs.com";
export const ENTERPRISE_SERVICE = "registry.aliyuncs.com:cn-hangzhou:china:cri-test";
export const PERSONAL_SERVICE = "registry.aliyuncs.com:cn-hangzhou:26842";
export const LOGIN = { username: "cr_temp_user", password: "eyJjbGFpbXMiOjF9:0123456789abcdef" };

/** Closes something when the test ends. */
export function closeAfterTest(server: { close(): Promise<void> }): void {
  onTestFinished(() => server.close());
}

/** A registry that challenges as one of an Enterprise instance, and takes {@link LOGIN}. */
export async function startRegistry(
  options: OciTestOptions = {},
  auth: Partial<OciTestAuth> = {},
): Promise<OciTestServer> {
  const server = await startOciRegistry({
    ...options,
    auth: { ...LOGIN, service: ENTERPRISE_SERVICE, ...auth },
  });
  closeAfterTest(server);
  return server;
}

export async function startOpenApi(options: AcrOpenApiOptions = {}): Promise<AcrOpenApiServer> {
  const server = await startAcrOpenApi(options);
  closeAfterTest(server);
  return server;
}

/** A repository that a public host names and the test server answers for. */
export function repositoryOf(
  { url }: OciTestServer,
  host: string = ENTERPRISE_HOST,
  path = "team/app",
): Repository {
  return { host, path, apiUrl: url };
}

/** Credentials by the server's own key. */
export function credentialsOf(
  server: AcrOpenApiServer,
  settings: Partial<AcrCredentialsSettings> = {},
): AcrCredentials {
  return acrCredentials({
    source: accessKey(server.accessKey),
    endpoint: server.url,
    random: () => 0,
    ...settings,
  });
}

/** The actions that were called, with their status. */
export function actionsOf({ calls }: AcrOpenApiServer): readonly string[] {
  return calls.map(({ action, status }) => `${action} ${status}`);
}

/** A clock whose delays are over at once, while its time moves on by them. */
export interface JumpingClock extends Clock {
  readonly delays: readonly number[];
  advance(ms: number): void;
}

export function createJumpingClock(start = "2026-11-20T08:00:00Z"): JumpingClock {
  let now = Date.parse(start);
  const delays: number[] = [];
  return {
    delays,
    now: () => new Date(now),
    async delay(ms: number, signal?: CancelSignal): Promise<void> {
      if (signal?.aborted === true) return;
      delays.push(ms);
      now += ms;
    },
    advance(ms: number): void {
      now += ms;
    },
  };
}

export async function credentialErrorOf(promise: Promise<unknown>): Promise<CredentialError> {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (CredentialError.is(outcome)) return outcome;
  throw new Error(`no CredentialError: ${String(outcome)}`, { cause: outcome });
}

export async function registryErrorOf(promise: Promise<unknown>): Promise<RegistryError> {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (RegistryError.is(outcome)) return outcome;
  throw new Error(`no RegistryError: ${String(outcome)}`, { cause: outcome });
}

/** A dispatcher that connects to nobody, and the origins it was asked for. */
export function refusingDispatcher(): {
  readonly dispatcher: Dispatcher;
  readonly origins: readonly string[];
} {
  const origins: string[] = [];
  const agent = new MockAgent();
  agent.disableNetConnect();
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    origins.push(String(options.origin));
    return dispatch(options, handler);
  });
  return { dispatcher, origins };
}
